"""The command `mfconfig`: what it does, what it prints and its exit codes."""

import os
import re
import sys
from collections.abc import Sequence

from mfconfig import files, profile
from mfconfig.errors import UserError
from mfconfig.options import Options
from mfconfig.outputs import HIDDEN_SECRET, SHOW_SECRETS_COMMAND, parse_outputs

SUCCESS = 0
DIFFERENT = 1
FAILURE = 2
INTERRUPTED = 130

_PROFILE_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_LOCAL_PROFILE = "local"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Returns:
        0 when the profile is written, printed or up to date; 1 when `--check` finds a difference;
        2 for anything that the user has to put right, with an existing profile unchanged.
    """
    try:
        return _run(_chosen(sys.argv[1:] if argv is None else argv))
    except UserError as error:
        _report(str(error))
        return FAILURE
    except OSError as error:
        _report(f"{error.filename or 'input or output'}: {error.strerror or error}")
        return FAILURE
    except KeyboardInterrupt:
        _report("interrupted")
        return INTERRUPTED


def _chosen(words: Sequence[str]) -> Options:
    """Return what the command line says; argparse is imported only if it says anything."""
    if not words:
        return Options()
    from mfconfig.arguments import parse

    return parse(words)


def _run(arguments: Options) -> int:
    outputs = parse_outputs(_read_outputs(arguments.outputs))
    name = _profile_name(arguments.profile, outputs["stackName"])
    settings = profile.settings_of(_with_api_key(outputs))
    if arguments.print:
        return _print(settings)
    path = files.profile_path(files.metaflow_home(arguments.home), name)
    document = files.read_profile(path)
    existing = {} if document is None else profile.parse_profile(document, path)
    if arguments.check:
        return _check(path, None if document is None else existing, settings)
    files.write_profile(path, profile.render(profile.merged(existing, settings)))
    _emit(_what_to_export(path, name, outputs["region"]))
    return SUCCESS


def _read_outputs(path: str | None) -> bytes:
    if path is not None:
        return files.read_input(path)
    if sys.stdin is None or sys.stdin.isatty():
        raise UserError(
            "nothing to read; run `pulumi stack output --json | mfconfig`, "
            "or name a file with --outputs"
        )
    return sys.stdin.buffer.read()


def _with_api_key(outputs: dict[str, str]) -> dict[str, str]:
    """Return the outputs with the gateway's API key, fetched by its id unless it is shown."""
    shown = outputs.get("apiKey", HIDDEN_SECRET)
    if shown != HIDDEN_SECRET:
        return outputs
    if "apiKeyId" in outputs:
        from mfconfig.api_key import fetch_api_key

        return {**outputs, "apiKey": fetch_api_key(outputs["apiKeyId"], outputs["region"])}
    if "apiKey" in outputs:
        raise UserError(
            "the output apiKey is hidden and there is no apiKeyId to fetch it by; "
            f"run {SHOW_SECRETS_COMMAND}"
        )
    return outputs


def _profile_name(option: str | None, stack_name: str) -> str:
    name = stack_name if option is None else option
    if not re.fullmatch(_PROFILE_NAME, name):
        raise UserError(
            f"{name!a} cannot be a profile's name, which has letters, digits, '.', '_' and "
            "'-' and starts with a letter or digit; name another with --profile"
        )
    if name.lower() == _LOCAL_PROFILE:
        raise UserError(
            f"the profile {name!a} is kept for running without AWS; name another with --profile"
        )
    return name


def _print(settings: dict[str, str]) -> int:
    _emit(profile.render(profile.masked(settings)))
    hidden = sorted(profile.SECRET_SETTINGS & settings.keys())
    if hidden:
        _report(f"{', '.join(hidden)} is masked; without --print it is written to the profile")
    return SUCCESS


def _check(path: str, existing: dict[str, object] | None, settings: dict[str, str]) -> int:
    if existing is None:
        _report(f"{path} does not exist; run mfconfig without --check to write it")
        return DIFFERENT
    difference = profile.difference(existing, settings, path)
    _emit(difference)
    return DIFFERENT if difference else SUCCESS


def _what_to_export(path: str, name: str, region: str) -> str:
    """Return lines for a shell: where the profile is, as a comment, and how to use it."""
    # The patterns of profile names and regions leave nothing to quote in them.
    lines = [f"# wrote {_one_line(path)}", f"export METAFLOW_PROFILE={name}"]
    home = files.home_of(path)
    if home != files.default_home() or "METAFLOW_HOME" in os.environ:
        from shlex import quote

        lines.append(f"export METAFLOW_HOME={quote(home)}")
    return "\n".join([*lines, f"export AWS_DEFAULT_REGION={region}", ""])


def _emit(text: str) -> None:
    """Write to standard output; a reader that has gone away is no error."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(os.fsencode(text))
        sys.stdout.flush()
    except OSError as error:
        _discard_rest(sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UserError(f"cannot write to standard output: {error.strerror}") from None


def _report(message: str) -> None:
    """Write one line to standard error."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"mfconfig: {_one_line(message)}\n")
        sys.stderr.flush()
    except OSError:
        _discard_rest(sys.stderr.fileno())


def _discard_rest(descriptor: int) -> None:
    """Let the interpreter throw away what is left when it exits, rather than fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _one_line(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]
