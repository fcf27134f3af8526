"""The command ``natocc``: the pipeline's, where this package lies in a checkout of the project."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from natocc import __version__

_ROOT = Path(__file__).resolve().parents[1]
_LIBRARY_ALONE = """\
natocc: only the library is installed; the pipeline runs from a checkout of the project. In one, type
  pip install -c constraints.txt -e '.[pipeline]'"""
_NO_PIPELINE = """\
natocc: expected the packages of the extra pipeline, got none ({error}). In the checkout, type
  pip install -c constraints.txt -e '.[pipeline]'"""


def main() -> None:
    """Run ``commands/`` beside this package, whatever else on the path is called so.

    Exits with 1 where there is no checkout, or its packages are missing.
    """
    if not _is_checkout():
        if sys.argv[1:] == ["--version"]:
            print(f"natocc {__version__}")  # noqa: T201
            return
        raise SystemExit(_LIBRARY_ALONE)
    # First, so that neither PYTHONPATH nor the current folder brings modules of the same names.
    sys.path.insert(0, str(_ROOT))
    try:
        from commands.main import app
    except ModuleNotFoundError as error:
        if (_ROOT / str(error.name).partition(".")[0]).is_dir():
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


if __name__ == "__main__":
    main()
