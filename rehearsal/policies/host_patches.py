"""Runs a policy pack as `python -m pulumi.policy` does; a rule that raises tells its place.

Patched is pulumi_policy 1.21 (policy.py, _PolicyAnalyzerServicer): of what a rule raises only the
text reaches the engine, which for a KeyError is the key, and nothing is printed, since grpc's own
log goes nowhere.
"""

import runpy
import sys
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_policy import Policy, policy

_JUDGING = ("Analyze", "AnalyzeStack")
_STRANGE = ("site-packages", sysconfig.get_path("stdlib"), __file__)
_Method = Callable[[Any, Any, Any], Any]


def main() -> None:
    """Run the pack that the arguments name."""
    servicer = policy._PolicyAnalyzerServicer
    for name in _JUDGING:
        setattr(servicer, name, _telling(getattr(servicer, name)))
    sys.path.insert(0, str(Path.cwd()))
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)


def _telling(method: _Method) -> _Method:
    def answer(servicer: Any, request: Any, context: Any) -> Any:
        try:
            return method(servicer, request, context)
        except Exception as error:
            raise RuntimeError(_words(error)) from error

    return answer


def _words(error: Exception) -> str:
    """Name the rule, the kind of error and its place."""
    frames = list(traceback.walk_tb(error.__traceback__))
    judged = [frame.f_locals.get("policy") for frame, _ in frames]
    rule = next((f"{one.name}: " for one in judged if isinstance(one, Policy)), "")
    # A rule may fail in a library that it calls; its own line says more.
    places = [(frame.f_code.co_filename, line) for frame, line in frames]
    own = [place for place in places if not any(text in place[0] for text in _STRANGE)]
    file, line = (own or places)[-1]
    return f"{rule}{type(error).__name__}: {error} ({Path(file).name} line {line})"


if __name__ == "__main__":
    main()
