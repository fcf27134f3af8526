"""Numbers as tools write them: as numbers or as text."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0*)?")


def number_of(value: object) -> float | None:
    """The number, which may be NaN or infinite; None for anything that is no number.

    >>> number_of("1.5"), number_of(2), number_of(True), number_of("two")
    (1.5, 2.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        # Python also reads 1_000 as a number.
        return None if isinstance(value, str) and "_" in value else float(value)
    except ValueError:
        return None
    except OverflowError:
        return float("inf")


def whole_number(value: object) -> int | None:
    """The whole number, also of a text and with a decimal point; None for anything else.

    >>> whole_number("007"), whole_number(7.0), whole_number("7.0"), whole_number(7.5), whole_number(None)
    (7, 7, 7, None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        # Longer text than any id is left as text.
        found = _WHOLE.fullmatch(value.strip()) if len(value) < 30 else None
        return int(found[1]) if found else None
    return int(value) if isinstance(value, float) and value.is_integer() else None
