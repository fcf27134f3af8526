"""The command ``natocc``: the pipeline's, where this package lies in a checkout of the project."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

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
natocc: expected the modules {names} of {root}, but others of these names are loaded already, of {places}.
Run it without what loads them (a sitecustomize or a .pth file)."""


def main() -> None:
    """Run ``commands/`` beside this package, whatever else on the path is called so.

    Exits with 1 where there is no checkout, where its packages are missing, and where modules of its names
    are loaded already.
    """
    if sys.argv[1:] == ["--version"]:
        print(f"natocc {__version__}")  # noqa: T201
        return
    if not _is_checkout():
        raise SystemExit(_LIBRARY_ALONE)
    if foreign := _loaded_elsewhere():
        places = ", ".join(sorted(set(foreign.values())))
        raise SystemExit(_FOREIGN.format(names=", ".join(foreign), root=_ROOT, places=places))
    # First, so that neither PYTHONPATH nor the current folder brings modules of the same names.
    sys.path.insert(0, str(_ROOT))
    try:
        from commands.main import app
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in _FOLDERS:
            # A fault of the checkout itself is no missing package.
            raise
        raise SystemExit(_NO_PIPELINE.format(error=error)) from error
    app()


def _is_checkout() -> bool:
    """Whether the folder above is this project's, and not another's that carries a copy of the package."""
    try:
        project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return project == "natocc" and (_ROOT / "commands" / "main.py").is_file()


def _loaded_elsewhere() -> dict[str, str]:
    """Modules of the pipeline's names that are loaded from elsewhere, and from where."""
    loaded = ((name, sys.modules[name]) for name in _FOLDERS if name in sys.modules)
    files = {name: str(getattr(module, "__file__", None)) for name, module in loaded}
    return {name: file for name, file in files.items() if not Path(file).resolve().is_relative_to(_ROOT)}


if __name__ == "__main__":
    main()
