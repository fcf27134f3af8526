"""The command ``natocc``, which runs the pipeline where this package lies in a checkout of the project."""

from __future__ import annotations

import os
import signal
import sys
import tomllib
from pathlib import Path
from types import FrameType

from natocc import __version__

_ROOT = Path(__file__).resolve().parents[1]
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


def main() -> None:
    """Run the ``commands/`` folder beside this package, even if the path holds another of that name.

    Exits with status 1 if there is no checkout, if the pipeline's packages are missing, or if modules of the
    same names are already loaded.
    """
    if sys.argv[1:] == ["--version"]:
        print(f"natocc {__version__}")  # noqa: T201
        return
    if not _is_checkout():
        raise SystemExit(_LIBRARY_ALONE)
    if foreign := _loaded_elsewhere():
        places = ", ".join(sorted(set(foreign.values())))
        raise SystemExit(_FOREIGN.format(names=", ".join(foreign), root=_ROOT, places=places))
    _end_on_signals()
    # First, before PYTHONPATH and the current folder, which may hold modules of the same names.
    sys.path.insert(0, str(_ROOT))
    try:
        from commands.main import app
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in _FOLDERS:
            # A module of the checkout itself is missing, not a package.
            raise
        raise SystemExit(_NO_PIPELINE.format(error=error)) from error
    app()


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
    try:
        project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return project == "natocc" and (_ROOT / "commands" / "main.py").is_file()


def _loaded_elsewhere() -> dict[str, str]:
    """Loaded modules that have the pipeline's names but come from elsewhere, with their files."""
    loaded = ((name, sys.modules[name]) for name in _FOLDERS if name in sys.modules)
    files = {name: str(getattr(module, "__file__", None)) for name, module in loaded}
    return {name: file for name, file in files.items() if not Path(file).resolve().is_relative_to(_ROOT)}


if __name__ == "__main__":
    main()
