"""Sets up `.venv` from a hashed lock file, with uv where it is on the PATH, else with pip.

Standard library only, and plain enough for an old Python 3 to read, so that it can say what is
missing. Imported by scripts/demo, scripts/test, scripts/check and scripts/bench.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
_STAMP = os.path.join(VENV, "outreach-setup")
_LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
_OLDEST = (3, 11)


def set_up(level):
    """Makes sure that `.venv` is there and current. `level` is `run` (to use) or `dev` (to test).

    A finished set-up leaves a stamp; one that was interrupted leaves none and is done again. What
    serves for `dev` serves for `run` too.
    """
    if sys.version_info < _OLDEST:
        fail(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
    os.environ.pop("PYTHONPATH", None)
    os.environ.pop("VIRTUAL_ENV", None)
    with _only_one():
        done = _read(_STAMP).split()
        if done == ["dev", _hash("dev")] or done == [level, _hash(level)]:
            return
        began = time.time()
        uv = shutil.which("uv")
        say(f"Setting up .venv with {'uv' if uv else 'pip'} …")
        _make_venv(uv)
        _install(uv, level)
        with open(_STAMP, "w") as stamp:
            stamp.write(f"{level} {_hash(level)}\n")
        say(f"Set up in {time.time() - began:.0f} s.")


def run(*command):
    """Runs a command in the root and returns its exit code."""
    return subprocess.call(command, cwd=ROOT)


def become(*command):
    """Replaces this process by a command in the root."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606


def say(line):
    """A line for the person who waits."""
    print(line, file=sys.stderr)
    sys.stderr.flush()


def fail(line):
    """Ends with a sentence instead of a traceback."""
    say(line)
    sys.exit(1)


def _make_venv(uv):
    if os.path.exists(_STAMP):
        os.remove(_STAMP)
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import sys"]) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if uv:
        _quietly([uv, "venv", "--quiet", "--python", sys.executable, VENV])
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        fail(
            "This Python has no venv module. Install it (Debian, Ubuntu: apt-get install "
            "python3-venv), or install uv, and start again."
        )
    _quietly([sys.executable, "-m", "venv", VENV])


def _install(uv, level):
    lock = os.path.join(ROOT, _LOCKS[level])
    own = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    else:
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call([PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) != 0:
            _quietly([PYTHON, "-m", "ensurepip"])
    _quietly([*pip, "--require-hashes", "-r", lock])
    _quietly([*pip, *own])


def _quietly(command):
    """Runs a command with a sign of life every few seconds; its output is shown if it fails."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    waited = 0
    while True:
        try:
            output, _ = process.communicate(timeout=5)
            break
        except subprocess.TimeoutExpired:
            waited += 5
            say(f"  … {waited} s")
    if process.returncode != 0:
        fail(f"{output.strip()}\nThis command failed: {' '.join(command[:6])}")


class _only_one:  # noqa: N801  (used as a context manager only)
    """Holds off a second set-up of the same folder until the first is through."""

    def __enter__(self):
        import fcntl

        self._file = open(os.path.join(ROOT, ".setup.lock"), "w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self._file.close()


def _hash(level):
    digest = hashlib.sha256(sys.version.encode())
    for name in (_LOCKS[level], "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
