"""The pictures of a folder, by name; what is no picture is named, not passed over."""

from __future__ import annotations

from pathlib import Path

from assets.naming import is_number
from assets.problems import Problem, Report

PICTURES = (".jpeg", ".jpg", ".png")


def pictures_in(folder: Path, raw: Path, report: Report) -> list[Path]:
    """Pictures in order of their names, numbers as numbers; other files and folders are Problems.

    Names that begin with a dot are file managers' own and are passed over.
    """
    pictures = []
    for path in sorted(folder.iterdir(), key=order):
        if path.name.startswith("."):
            continue
        if not is_text(path.name):
            where = path.relative_to(raw).as_posix()
            report(Problem(path=where, expected="a name in UTF-8", got="other bytes"))
            continue
        if path.suffix.lower() in PICTURES and not path.is_dir():
            pictures.append(path)
            continue
        expected, got = f"a picture ({', '.join(PICTURES)})", "a folder" if path.is_dir() else "another file"
        report(Problem(path=path.relative_to(raw).as_posix(), expected=expected, got=got))
    return pictures


def first_folder(parent: Path, *names: str) -> Path | None:
    """The first of these folders that is there."""
    return next((parent / name for name in names if (parent / name).is_dir()), None)


def is_text(name: str) -> bool:
    """Whether a file name is UTF-8: others have no id and no place in a table."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def order(path: Path) -> tuple[bool, int, str]:
    """Sorting key: numbers first, as numbers, then names."""
    numeric = is_number(path.stem)
    return not numeric, int(path.stem) if numeric else 0, path.name
