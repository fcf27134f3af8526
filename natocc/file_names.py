"""Names of picture files: which are pictures, and their order."""

from __future__ import annotations

from pathlib import PurePath

PICTURES = (".jpeg", ".jpg", ".png")


def is_number(stem: str) -> bool:
    """Whether a stem is plain digits, so that 7 and 00007 are one name."""
    return stem.isascii() and stem.isdigit()


def name_order(name: str) -> tuple[bool, int, str]:
    """Sorting key of file names: those of numbers first, as numbers, then the others."""
    stem = PurePath(name).stem
    numeric = is_number(stem)
    return not numeric, int(stem) if numeric else 0, name
