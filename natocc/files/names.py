"""Names of picture files: their endings and their order."""

from __future__ import annotations

from pathlib import PurePath

PICTURES = (".jpeg", ".jpg", ".png")


def is_number(stem: str) -> bool:
    """Return whether a stem consists of ASCII digits only; 7 and 00007 then name the same picture."""
    return stem.isascii() and stem.isdigit()


def name_order(name: str) -> tuple[bool, int, str]:
    """Sorting key of file names: numbers first, by value, then the other names."""
    stem = PurePath(name).stem
    numeric = is_number(stem)
    return not numeric, int(stem) if numeric else 0, name
