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
_LIFE_SIGN_SECONDS = 5
# Whoever points pip at an index of their own means uv too.
_INDEXES = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX"}


def set_up(level):
    """Makes sure that `.venv` is there and current. `level` is `run` (to use) or `dev` (to test).

    A finished set-up leaves a stamp; one that was interrupted leaves none and begins afresh. What
    serves for `dev` serves for `run` too, and is never made less.
    """
    if sys.version_info < _OLDEST:
        fail(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
    # The last would have every start compile every module anew: seconds instead of one.
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    try:
        with _only_one():
            _bring_up_to_date(level)
    except KeyboardInterrupt:
        fail("Interrupted. Start again: what is downloaded is kept.")


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


def _bring_up_to_date(level):
    usable = os.access(PYTHON, os.X_OK)
    done = _read(_STAMP).split() if usable else []
    here = done[:1] == [_place()]
    if here and done[1:] in (["dev", _hash("dev")], [level, _hash(level)]):
        return
    if here and done[1] == "dev":
        level = "dev"
    began = time.time()
    uv = shutil.which("uv")
    say(f"Setting up .venv with {'uv' if uv else 'pip'} …")
    if here:
        os.remove(_STAMP)
    else:
        _make_venv(uv)
    _install(uv, level)
    with open(_STAMP, "w") as stamp:
        stamp.write(f"{_place()} {level} {_hash(level)}\n")
    say(f"Set up in {time.time() - began:.0f} s.")


def _make_venv(uv):
    shutil.rmtree(VENV, ignore_errors=True)
    # Started from an activated .venv, sys.executable is what was just removed.
    python = getattr(sys, "_base_executable", sys.executable)
    if uv:
        _quietly([uv, "venv", "--quiet", "--python", python, VENV])
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            "This Python has no venv module. Install it (Debian, Ubuntu: apt-get install "
            "python3-venv), or install uv, and start again."
        )
    _quietly([python, "-m", "venv", VENV])


def _install(uv, level):
    lock = os.path.join(ROOT, _LOCKS[level])
    own = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--python", PYTHON]
        for ours, theirs in _INDEXES.items():
            if ours in os.environ:
                os.environ.setdefault(theirs, os.environ[ours])
    else:
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if not os.path.exists(os.path.join(VENV, "bin", "pip")):  # made by uv, which is gone now
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
            output, _ = process.communicate(timeout=_LIFE_SIGN_SECONDS)
            break
        except subprocess.TimeoutExpired:
            waited += _LIFE_SIGN_SECONDS
            say(f"  … {waited} s")
    if process.returncode != 0:
        fail(f"{output.strip()}\nThis command failed: {' '.join(command[:6])}")


class _only_one:  # noqa: N801  (used as a context manager only)
    """Holds off a second set-up of the same folder until the first is through."""

    def __enter__(self):
        import fcntl

        self._file = open(os.path.join(ROOT, ".setup.lock"), "w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another set-up of this folder is running; waiting for it …")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self._file.close()


def _place():
    """Where the venv lies and which Python it is of: in another place it must be made anew."""
    where = f"{ROOT} {'.'.join(map(str, sys.version_info[:2]))} {sys.platform}"
    return hashlib.sha256(where.encode()).hexdigest()[:16]


def _hash(level):
    digest = hashlib.sha256()
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
