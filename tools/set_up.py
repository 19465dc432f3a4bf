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
FAILED, INTERRUPTED = 1, 130

# An environment that lacks pip was interrupted while it was made; one of another Python is stale.
USABLE = "import pip, sys; sys.exit(list(sys.version_info[:2]) != {})"


def main(arguments):
    """Set up the environment `arguments[0]` with the requirements file `arguments[1]`.

    The project itself is installed too, unless `--without-project` follows.
    """
    if sys.version_info < LEAST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        return fail(f"Python {found} is too old; 3.11 or newer is needed: make PYTHON=python3.11")
    environment, requirements = (ROOT / argument for argument in arguments[:2])
    with_project = "--without-project" not in arguments[2:]
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            wait_for(lock)
            return set_up(environment, requirements, with_project)
    except (OSError, subprocess.CalledProcessError) as error:
        return fail(f"setting up {environment.name} failed: {error}; see the lines above")
    except KeyboardInterrupt:
        return fail("interrupted; the next make does it again", INTERRUPTED)


def wait_for(lock):
    """Take the lock; say so when another set-up has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another set-up to end ...", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def set_up(environment, requirements, with_project):
    """Install what is missing; the stamp that says so is written last."""
    stamp = environment / f"installed-{requirements.stem}"
    unfinished = environment / "unfinished"
    wanted = fingerprint(requirements)
    if unfinished.exists():
        for doubtful in environment.glob("installed-*"):
            doubtful.unlink()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"Setting up {environment.name} from {requirements.name} (once) ...", flush=True)
    python = environment / "bin" / "python"
    if not usable(python):
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    unfinished.touch()
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", requirements], check=True)
    if with_project:
        # For the command mfconfig; its dependencies are installed already.
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    unfinished.unlink()
    return 0


def usable(python):
    """Tell whether an environment's Python works, has pip, and is of this Python's version."""
    if not python.exists():
        return False
    command = [python, "-c", USABLE.format(list(sys.version_info[:2]))]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def fingerprint(requirements):
    """Return what the environment depends on: the pins, the project's metadata, the Python."""
    python = os.path.realpath(sys.executable)
    digest = hashlib.sha256(f"{python} {sys.version}".encode())
    for path in (requirements, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fail(message, code=FAILED):
    """Print one line and return the exit code of a failure."""
    print(f"set-up: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
