"""Compare a number of pictures with the published number."""

from __future__ import annotations


def is_selection(stated: int, found: int) -> bool:
    """Whether the user selected these pictures: at least one, but fewer than half of the stated number."""
    return 0 < found < stated / 2


def deviation(stated: int | None, found: int) -> str:
    """The fault of the number of pictures; "" if it is right or if no number is stated.

    A selection by the user is no fault.

    >>> deviation(5640, 5000), deviation(5640, 47)
    ('5640 published: a half-extracted archive?', '')
    """
    if stated is None or found == stated or is_selection(stated, found):
        return ""
    if found == 0:
        return f"{stated} published: an empty folder"
    if found > stated:
        return f"{stated} published: others among them?"
    return f"{stated} published: a half-extracted archive?"
