"""Whether a number of pictures is what the publisher states."""

from __future__ import annotations


def is_selection(stated: int, found: int) -> bool:
    """Whether there are so few that they are a selection of one's own: under half of what is stated."""
    return 0 < found < stated / 2


def deviation(stated: int | None, found: int) -> str:
    """What is odd about so many; "" for nothing, or where nothing is stated.

    A selection of one's own is nobody's fault.

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
