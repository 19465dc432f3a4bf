"""Sets up the virtual environment with the pinned dependencies; does nothing when it is up to date.

Run by the Makefile with whatever Python there is, so it uses the standard library only, and says
clearly what is missing. Two at once wait for each other; one that was interrupted is done again.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

LEAST_PYTHON = (3, 11)
ROOT = pathlib.Path(__file__).resolve().parent.parent


def main(arguments):
    """Set up the environment `arguments[0]` with the requirements file `arguments[1]`."""
    if sys.version_info < LEAST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        return fail(f"Python {found} is too old; 3.11 or newer is needed: make PYTHON=python3.11")
    environment, requirements = (ROOT / argument for argument in arguments)
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return set_up(environment, requirements)


def set_up(environment, requirements):
    """Install what is missing; the stamp that says so is written last."""
    stamp = environment / f"installed-{requirements.stem}"
    wanted = fingerprint(requirements)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"Setting up {environment.name} from {requirements.name} (once) ...", flush=True)
    python = environment / "bin" / "python"
    try:
        if not python.exists():
            shutil.rmtree(environment, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", requirements], check=True)
        # The project itself, for the command mfconfig; its dependencies are installed already.
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return fail(f"setting up {environment.name} failed: {error}; see the lines above")
    stamp.write_text(wanted, encoding="utf-8")
    return 0


def fingerprint(requirements):
    """Return what the environment depends on: the pins, the project's metadata, the Python."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(sys.executable)))
    for path in (requirements, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fail(message):
    """Print one line and return the exit code of a failure."""
    print(f"set-up: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
