"""Flags as annotation tools write them: truth values, numbers, words or nothing."""

from __future__ import annotations

from assets.problems import BadInput

_ON = frozenset(("1", "1.0", "true", "t", "yes", "y", "on"))
_OFF = frozenset(("0", "0.0", "false", "f", "no", "n", "off", "none", "null", ""))


def read_flag(value: object, name: str) -> bool:
    """Whether a flag is set; an absent or empty one is not. Raises BadInput for anything else.

    >>> read_flag("0", "iscrowd"), read_flag(1.0, "iscrowd"), read_flag(None, "iscrowd")
    (False, True, False)
    """
    text = str(value).strip().lower() if isinstance(value, bool | int | float | str | None) else "another"
    if text in _ON or text in _OFF:
        return text in _ON
    raise BadInput(f"{name} as 0 or 1", repr(value))
