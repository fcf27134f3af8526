"""The command ``natocc``, which runs the pipeline where this package lies in a checkout of the project."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from natocc import __version__

if TYPE_CHECKING:
    from types import FrameType

_ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120
_FOLDERS = ("commands", "flows", "tasks", "assets", "manifests", "shards", "models")
_INSTALL = "pip install -c constraints.txt -e '.[pipeline]'"
_LIBRARY_ALONE = f"""\
natocc: only the library is installed; the pipeline runs from a checkout of the project. In one, and in an
environment of its own, type  {_INSTALL}"""
_NO_PIPELINE = f"""\
natocc: expected the packages of the extra pipeline, but: {{error}}.
In the checkout, type  {_INSTALL}"""
_FOREIGN = """\
natocc: expected the modules {names} from {root}, but modules of these names are already loaded from {places}.
Remove what loads them (a sitecustomize or a .pth file)."""

_NO_FOLDER = """\
error: the current folder: expected one that exists, got one that was removed; go to another by cd, and run
the same command again"""


def main() -> None:
    """Run the ``commands/`` folder beside this package, even if the path holds another of that name.

    Exits with status 1 if there is no checkout, if the pipeline's packages are missing, or if modules of the
    same names are already loaded.
    """
    # First: a signal while modules are imported would end in a trace.
    _end_on_signals()
    if sys.argv[1:] == ["--version"]:
        print(f"natocc {__version__}")  # noqa: T201
        return
    if not _is_checkout():
        raise SystemExit(_LIBRARY_ALONE)
    if foreign := _loaded_elsewhere():
        places = ", ".join(sorted(set(foreign.values())))
        raise SystemExit(_FOREIGN.format(names=", ".join(foreign), root=_ROOT, places=places))
    if not _has_current_folder():
        raise SystemExit(_NO_FOLDER)
    # First, before PYTHONPATH and the current folder, which may hold modules of the same names.
    sys.path.insert(0, _ROOT)
    try:
        from commands.main import run
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in _FOLDERS:
            # A module of the checkout itself is missing, not a package.
            raise
        raise SystemExit(_NO_PIPELINE.format(error=error)) from error
    run()


def _has_current_folder() -> bool:
    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        return False
    return True


def _end_on_signals() -> None:
    """End at once, with 128 + the signal's number, outside the work of a command, which has its own handlers.

    An ignored SIGHUP (nohup) stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    line = f"stopped by {signal.Signals(number).name}: what is finished is kept; run the same command again\n"
    os.write(2, line.encode())
    os._exit(128 + number)


def _is_checkout() -> bool:
    """Return whether the parent folder is a checkout of this project, not one that copied this package."""
    import tomllib
    from pathlib import Path

    root = Path(_ROOT)
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return project == "natocc" and (root / "commands" / "main.py").is_file()


def _loaded_elsewhere() -> dict[str, str]:
    """Loaded modules that have the pipeline's names but come from elsewhere, with their files."""
    from pathlib import Path

    loaded = ((name, sys.modules[name]) for name in _FOLDERS if name in sys.modules)
    files = {name: str(getattr(module, "__file__", None)) for name, module in loaded}
    return {name: file for name, file in files.items() if not Path(file).resolve().is_relative_to(_ROOT)}


if __name__ == "__main__":
    main()
