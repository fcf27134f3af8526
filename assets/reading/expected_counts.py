"""Whether a number of pictures is what the publisher states."""

from __future__ import annotations


def is_selection(stated: int, found: int) -> bool:
    """Whether the pictures are a selection by the user: fewer than half of the stated number."""
    return 0 < found < stated / 2


def deviation(stated: int | None, found: int) -> str:
    """What is wrong with the number of pictures; "" if nothing is, or if no number is stated.

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
