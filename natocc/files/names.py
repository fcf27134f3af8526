"""Names of picture files: their endings and their order."""

from __future__ import annotations

from pathlib import PurePath

_MOST_DIGITS = 255
PICTURES = (".jpeg", ".jpg", ".png")


def is_number(stem: str) -> bool:
    """Return whether a stem consists of ASCII digits only; 7 and 00007 then name the same picture.

    More digits than a file's name can have are no number: Python refuses to convert thousands of them.
    """
    return stem.isascii() and stem.isdigit() and len(stem) <= _MOST_DIGITS


def name_order(name: str) -> tuple[bool, int, str]:
    """Sorting key of file names: numbers first, by value, then the other names."""
    stem = PurePath(name).stem
    numeric = is_number(stem)
    return not numeric, int(stem) if numeric else 0, name
