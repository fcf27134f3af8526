"""Whether a number of pictures is what the publisher states."""

from __future__ import annotations


def deviation(stated: int | None, found: int) -> str:
    """What is odd about so many; "" for nothing, or where nothing is stated.

    Fewer than half are a selection of one's own, and nobody's fault.

    >>> deviation(5640, 5000), deviation(5640, 47)
    ('5640 published: a half-extracted archive?', '')
    """
    if stated is None or found == stated or 0 < found < stated / 2:
        return ""
    if found == 0:
        return f"{stated} published: an empty folder"
    if found > stated:
        return f"{stated} published: others among them?"
    return f"{stated} published: a half-extracted archive?"
