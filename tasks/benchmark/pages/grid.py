"""A table as it is shown, whatever the format, and how numbers are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

# Digits of a hash where the whole is given elsewhere.
HASH_DIGITS = 12
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """``text``; ``beside``, in small: an interval; ``more``: lines that a page can fold."""

    text: str
    beside: str = ""
    more: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All in one line."""
        return "; ".join([f"{self.text} {self.beside}".rstrip(), *self.more])


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """``heading`` and what stands under it in small. ``side``: to which side its cells are set."""

    heading: str
    under: str = ""
    side: Literal["left", "right"] = "right"

    @property
    def whole(self) -> str:
        """Both in one line."""
        return f"{self.heading} ({self.under})" if self.under else self.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A label and a cell for each column. ``published``: a row of a paper, not of this benchmark."""

    label: str
    cells: tuple[GridCell, ...]
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a figure rests on: pairs of a word and a text."""

    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: what it says above, its corner, columns, rows, notes below, and what is behind it."""

    title: str
    corner: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    about: str = ""
    notes: tuple[str, ...] = ()
    behind: Behind = Behind()
    # Shown closed at first, where a page can.
    minor: bool = False


def cells_of_texts(*texts: str) -> tuple[GridCell, ...]:
    """Cells without anything beside."""
    return tuple(GridCell(text=text) for text in texts)


def percent(value: float) -> str:
    """A share in [-1, 1] in per cent with two digits, as the paper's."""
    return NOTHING if math.isnan(value) else f"{_unsigned_zero(100 * value, 2):.2f}"


def points(value: float) -> str:
    """A difference of shares in points, with its sign."""
    return NOTHING if math.isnan(value) else f"{_unsigned_zero(100 * value, 2):+.2f}"


def plain_number(value: float) -> str:
    """Four digits after the point."""
    return NOTHING if math.isnan(value) else f"{_unsigned_zero(value, 4):.4f}"


def p_value(value: float) -> str:
    """A probability with four digits; less than can be shown is said so."""
    if math.isnan(value):
        return NOTHING
    return "< 0.0001" if 0 < value < 0.00005 else f"{value:.4f}"


def interval_text(low: str, high: str) -> str:
    """``[low, high]``; nothing where there is none."""
    return "" if NOTHING in (low, high) else f"[{low}, {high}]"


def duration(seconds: float) -> str:
    """Hours and minutes, or minutes and seconds."""
    if math.isnan(seconds):
        return NOTHING
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def short_hash(digest: str) -> str:
    """The first digits of a hash."""
    return digest[:HASH_DIGITS] or NOTHING


def _unsigned_zero(value: float, digits: int) -> float:
    """Zero for what rounds to zero, so that no figure is -0.00."""
    return 0.0 if round(value, digits) == 0 else value
