"""scripts/_setup.py: set up once, again when something changed, and understandable when not."""

from __future__ import annotations

import ast
import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Stands for uv: notes what it is asked, makes a venv of links, fails where it is told to.
UV = f"""#!{sys.executable}
import os, sys
from pathlib import Path
here = Path(__file__).resolve().parent
with (here / "asked").open("a") as file:
    print(*sys.argv[1:], "INDEX=" + os.environ.get("UV_DEFAULT_INDEX", ""), file=file)
if sys.argv[1] == "venv":
    folder = Path(sys.argv[-1]) / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to({sys.executable!r})
elif (here / "fails").exists():
    sys.exit("error: no route to the index")
"""


class Checkout:
    """A copy of the scripts with a uv of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repo"
        self.tools = folder / "tools"
        self.tools.mkdir()
        (self.tools / "uv").write_text(UV)
        (self.tools / "uv").chmod(0o755)
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.root)

    def asked(self) -> list[str]:
        """What uv was asked since the last time."""
        path = self.tools / "asked"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def start(self, level: str, before: str = "", **env: str) -> subprocess.Popen[str]:
        program = f"import sys; {before}; sys.path.insert(0, 'scripts'); import _setup; "
        return subprocess.Popen(
            [sys.executable, "-c", f"{program}_setup.set_up({level!r})"],
            cwd=self.root,
            env={"PATH": f"{self.tools}:/usr/bin:/bin", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def set_up(self, level: str, before: str = "pass", **env: str) -> tuple[int, str]:
        """The exit code and what was said."""
        process = self.start(level, before, **env)
        said, errors = process.communicate(timeout=30)
        assert said == ""  # stdout belongs to the command that follows
        return process.returncode, errors


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_time_everything_is_installed_and_the_second_time_nothing(
    checkout: Checkout,
) -> None:
    code, said = checkout.set_up("run")
    assert code == 0
    assert said.splitlines()[0] == "Setting up .venv with uv …"
    made, locked, own = checkout.asked()
    assert made.startswith("venv")
    assert "--require-hashes -r" in locked
    assert "requirements.lock" in locked
    assert "--no-deps --no-build-isolation --editable" in own
    assert checkout.set_up("run") == (0, "")
    assert checkout.asked() == []


def test_what_serves_to_test_serves_to_run_and_is_never_made_less(checkout: Checkout) -> None:
    checkout.set_up("run")
    checkout.set_up("dev")
    assert "requirements-dev.lock" in " ".join(checkout.asked())
    assert checkout.set_up("run") == (0, "")
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    with (checkout.root / "requirements-dev.lock").open("a") as lock:
        lock.write("# changed\n")
    checkout.asked()
    checkout.set_up("run")
    locked, _own = checkout.asked()
    assert "requirements-dev.lock" in locked


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_change_of_what_is_needed_is_installed(checkout: Checkout, name: str) -> None:
    checkout.set_up("run")
    checkout.asked()
    with (checkout.root / name).open("a") as file:
        file.write("\n# changed\n")
    checkout.set_up("run")
    assert [line.split()[0] for line in checkout.asked()] == ["pip", "pip"]


def test_a_set_up_that_broke_off_shows_why_and_begins_afresh(checkout: Checkout) -> None:
    (checkout.tools / "fails").touch()
    code, said = checkout.set_up("run")
    assert code == 1
    assert "error: no route to the index" in said
    assert "Traceback" not in said
    (checkout.tools / "fails").unlink()
    checkout.asked()
    assert checkout.set_up("run")[0] == 0
    assert [line.split()[0] for line in checkout.asked()] == ["venv", "pip", "pip"]


def test_a_change_that_broke_off_is_not_taken_for_done_when_it_is_undone(
    checkout: Checkout,
) -> None:
    checkout.set_up("run")
    before = (checkout.root / "requirements.lock").read_text()
    (checkout.root / "requirements.lock").write_text(f"{before}# changed\n")
    (checkout.tools / "fails").touch()
    assert checkout.set_up("run")[0] == 1
    (checkout.tools / "fails").unlink()
    (checkout.root / "requirements.lock").write_text(before)
    checkout.asked()
    checkout.set_up("run")
    assert len(checkout.asked()) == 3


def test_a_folder_that_was_moved_gets_a_venv_of_its_own(checkout: Checkout) -> None:
    checkout.set_up("run")
    checkout.asked()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    checkout.set_up("run")
    assert [line.split()[0] for line in checkout.asked()] == ["venv", "pip", "pip"]


def test_a_venv_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up("run")
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    checkout.asked()
    checkout.set_up("run")
    assert len(checkout.asked()) == 3


def test_a_second_set_up_says_that_it_waits_and_finds_all_done(checkout: Checkout) -> None:
    with (checkout.root / ".setup.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = checkout.start("run", "pass")
        assert process.stderr
        assert "waiting for it" in process.stderr.readline()
        assert checkout.asked() == []
    assert process.communicate(timeout=30)[1].splitlines()[0].startswith("Setting up")
    assert process.returncode == 0


def test_pips_own_index_is_uvs_too_and_we_name_none(checkout: Checkout) -> None:
    checkout.set_up("run", PIP_INDEX_URL="https://mirror.example/simple")
    assert all("INDEX=https://mirror.example/simple" in line for line in checkout.asked()[1:])
    for path in (ROOT / "scripts").glob("*"):
        if path.is_file():
            assert not any(
                word in path.read_text() for word in ("index-url http", "pypi.org", "--find-links")
            )


def test_an_old_python_is_told_so_in_a_sentence(checkout: Checkout) -> None:
    code, said = checkout.set_up("run", "sys.version_info = (3, 8)")
    assert code == 1
    assert said.startswith("Python 3.11 or later is needed")
    assert checkout.asked() == []


def test_without_uv_a_python_without_its_venv_module_says_what_to_install(
    checkout: Checkout,
) -> None:
    (checkout.tools / "uv").unlink()
    code, said = checkout.set_up("run", "sys.modules['ensurepip'] = None")
    assert code == 1
    assert "apt-get install python3-venv" in said


@pytest.mark.parametrize("name", ["_setup.py", "demo", "test", "check", "bench", "lock"])
def test_an_old_python_can_read_what_tells_it(name: str) -> None:
    ast.parse((ROOT / "scripts" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_demo_starts_in_the_root_from_anywhere_with_its_arguments(
    checkout: Checkout, tmp_path: Path
) -> None:
    rehearsal = checkout.root / "scripts" / "rehearsal"
    (rehearsal / "__init__.py").write_text("")
    (rehearsal / "__main__.py").write_text(
        "import json, os, sys; "
        "print(json.dumps([os.getcwd(), sys.argv[1:], os.environ.get('PYTHONPATH'), "
        "sys.dont_write_bytecode]))"
    )
    done = subprocess.run(
        [sys.executable, checkout.root / "scripts" / "demo", "--once", "--seed", "7"],
        cwd=tmp_path,
        env={
            "PATH": f"{checkout.tools}:{os.environ['PATH']}",
            "PYTHONPATH": "/nowhere",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [str(checkout.root), ["--once", "--seed", "7"], None, False]


def start_of_tests(checkout: Checkout, user: int) -> str:
    """What scripts/test says where there is no browser on the PATH."""
    program = (
        f"import os, runpy, sys; os.geteuid = lambda: {user}; sys.path.insert(0, 'scripts'); "
        "runpy.run_path('scripts/test', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=checkout.root,
        env={"PATH": str(checkout.tools)},
        capture_output=True,
        text=True,
    )
    return done.stderr


@pytest.mark.parametrize("user", [0, 1000])
def test_a_missing_browser_is_told_where_it_cant_be_installed(
    checkout: Checkout, user: int
) -> None:
    if user:  # who isn't root can't install, even where there is apt-get
        (checkout.tools / "apt-get").write_text("#!/bin/sh\nexit 1\n")
        (checkout.tools / "apt-get").chmod(0o755)
    said = start_of_tests(checkout, user)
    assert "There is no Chromium" in said
    assert "apt-get install chromium" in said
    assert "Installing" not in said


def test_root_gets_the_browser_installed_and_is_told_so(checkout: Checkout) -> None:
    apt = checkout.tools / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$@" >> {checkout.tools}/apt\n'
        f"/bin/cp {checkout.tools}/uv {checkout.tools}/chromium\n"
    )
    apt.chmod(0o755)
    said = start_of_tests(checkout, 0)
    assert "Installing Chromium" in said
    assert "There is no Chromium" not in said
    update, install = (checkout.tools / "apt").read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith(" chromium")
