"""The command of a checkout; that of the wheel is tested in tests/installing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from natocc import __version__

ROOT = Path(__file__).parents[2]
WITHOUT_TYPER = "import sys; sys.modules['typer'] = None; from natocc.__main__ import main; main()"


@pytest.fixture()
def theirs(tmp_path: Path) -> Path:
    """A repository with a command of its own, in folders of the pipeline's names."""
    for name in ("commands", "models", "tasks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('theirs')\n")
    return tmp_path


def run(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    places = [str(place) for place in (path, ROOT) if place]
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
    )


def test_the_command_is_that_of_its_own_checkout(theirs: Path) -> None:
    asked = run(theirs, "-m", "natocc", "info", "nothing", path=theirs)
    assert asked.returncode == 2 and "theirs" not in asked.stderr
    assert asked.stderr.startswith("error: URL: expected a bank (bank.json in it)")
    assert run(theirs, "-m", "natocc", "--version", path=theirs).stdout == f"natocc {__version__}\n"


def test_a_checkout_without_its_packages_says_what_to_type(tmp_path: Path) -> None:
    result = run(tmp_path, "-c", WITHOUT_TYPER)
    assert result.returncode == 1 and result.stderr.splitlines() == [
        "natocc: expected the packages of the extra pipeline, but: import of typer halted; "
        "None in sys.modules.",
        "In the checkout, type  pip install -c constraints.txt -e '.[pipeline]'",
    ]
    assert run(tmp_path, "-c", WITHOUT_TYPER, "--version").stdout == f"natocc {__version__}\n"


def test_modules_that_are_loaded_already_are_never_run(theirs: Path) -> None:
    (theirs / "commands" / "main.py").write_text("print('theirs')\n")
    for name in ("commands", "models"):
        (theirs / name / "__init__.py").write_text("")
    (theirs / "sitecustomize.py").write_text("import commands, models\n")
    result = run(theirs, "-m", "natocc", "info", path=theirs)
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.startswith(f"natocc: expected the modules commands, models from {ROOT}, but")
    assert str(theirs / "models" / "__init__.py") in result.stderr


def test_a_module_that_the_checkout_itself_lacks_is_no_missing_package(tmp_path: Path) -> None:
    code = "import sys; sys.modules['commands.data'] = None; from natocc.__main__ import main; main()"
    result = run(tmp_path, "-c", code)
    assert result.returncode == 1 and "Traceback" in result.stderr and "extra pipeline" not in result.stderr


def test_a_copy_of_the_package_in_another_project_is_no_checkout(theirs: Path) -> None:
    shutil.copytree(ROOT / "natocc", theirs / "natocc")
    (theirs / "commands" / "main.py").write_text("")
    for project in ("", "[project]\nname = 'theirs'\n", "no toml"):
        (theirs / "pyproject.toml").write_text(project)
        result = run(theirs, "-m", "natocc", "info")
        assert result.returncode == 1 and result.stderr.startswith("natocc: only the library is installed")


def test_a_full_standard_output_is_named() -> None:
    with Path("/dev/full").open("w") as full:
        for words in (("--help",), ("verify", "--help")):
            command = [sys.executable, "-m", "natocc", *words]
            result = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
            assert result.returncode == 1
            expected = (
                "error: the standard output: expected one that can be written, got No space left on device"
            )
            assert result.stderr == f"{expected}\n"


def test_a_current_folder_that_was_removed_is_named(tmp_path: Path) -> None:
    code = f"import os, sys; os.rmdir({str(tmp_path)!r}); from natocc.__main__ import main; main()"
    result = run(tmp_path, "-c", code, "info", "x")
    assert result.returncode == 1
    assert result.stderr.startswith(
        "error: the current folder: expected one that exists, got one that was removed"
    )
