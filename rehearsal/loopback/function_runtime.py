"""Runs a Lambda function's handler in a process of its own, one event a line, as Lambda calls it.

`python function_runtime.py HANDLER FOLDER`: the folder has the function's code, and the handler is
`module.function`. Each answer is a line: `{"answer": ...}` or `{"error": ...}`.
"""

import importlib
import json
import sys


def main() -> None:
    """Answer events until there are no more."""
    handler, folder = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a function prints goes to its log
    sys.path.insert(0, folder)
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        try:
            answer = {"answer": function(json.loads(line), None)}
        except Exception as error:  # Lambda tells its caller of any error, and goes on.
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


if __name__ == "__main__":
    main()
