"""Whether the paper's own figures support what the paper claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Literal

from tasks.benchmark.paper.claims import Claim
from tasks.benchmark.paper.tables import PaperCell, PaperTable

# Half of the last printed digit, of a mean and of what it is the mean of.
_ROUNDED = Decimal("0.01")
_Cells = Mapping[tuple[str, str, str], PaperCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPair:
    """A figure of the paper, the one that it is set against, and how they differ in the claim's sense.

    ``difference`` in points: of an ordering, first less second; of ``closer`` and ``gains-more``, the gain.
    """

    first: PaperCell
    second: PaperCell
    difference: Decimal
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """``supports``: "yes" if all pairs agree, "in part", "no" if none does, "no figures"."""

    supports: Literal["yes", "in part", "no", "no figures"]
    pairs: tuple[CellPair, ...]

    @property
    def against(self) -> tuple[CellPair, ...]:
        """The pairs that do not agree with the claim."""
        return tuple(pair for pair in self.pairs if not pair.agrees)


def support_of(claim: Claim, tables: Sequence[PaperTable]) -> Support:
    """Compare the cells that the claim is about. Raises ValueError where the tables lack one."""
    cells = {(cell.row, cell.network, cell.set): cell for table in tables for cell in table.cells}
    pairs = tuple(_pairs(claim, cells))
    if not pairs:
        return Support(supports="no figures", pairs=())
    if claim.relation == "undecided":
        # Of one sign alone, no pair leaves it open.
        signs = {pair.difference > 0 for pair in pairs}
        return Support(supports="yes" if len(signs) == 2 else "no", pairs=pairs)
    agreeing = sum(pair.agrees for pair in pairs)
    supports: Literal["yes", "in part", "no"] = (
        "yes" if agreeing == len(pairs) else "in part" if agreeing else "no"
    )
    return Support(supports=supports, pairs=pairs)


def _pairs(claim: Claim, cells: _Cells) -> Iterator[CellPair]:
    match claim.relation:
        case "none":
            return
        case "mean":
            yield _mean(claim, cells)
        case "best":
            yield from _best(claim, cells)
        case "closer":
            yield from _closer(claim, cells)
        case "gains-more":
            yield from _gains(claim, cells)
        case _:
            yield from (_ordered(claim, *pair) for pair in _sides(claim, cells))


def _sides(claim: Claim, cells: _Cells) -> Iterator[tuple[PaperCell, PaperCell]]:
    for of_set, network, this in product(claim.sets, claim.networks, claim.these):
        others = product(
            claim.against_sets or (of_set,), claim.against_networks or (network,), claim.those or (this,)
        )
        for other_set, other_network, that in others:
            yield _cell(cells, this, network, of_set), _cell(cells, that, other_network, other_set)


def _ordered(claim: Claim, first: PaperCell, second: PaperCell) -> CellPair:
    difference = first.value - second.value
    match claim.relation:
        case "at-least":
            agrees = difference >= -claim.margin
        case "alike":
            agrees = abs(difference) <= claim.margin
        case _:
            agrees = difference > 0
    return CellPair(first=first, second=second, difference=difference, agrees=agrees)


def _best(claim: Claim, cells: _Cells) -> Iterator[CellPair]:
    for of_set, network, this in product(claim.sets, claim.networks, claim.these):
        first = _cell(cells, this, network, of_set)
        others = (cell for cell in cells.values() if cell.set == of_set and cell != first)
        yield from (_ordered(claim, first, second) for second in others)


def _closer(claim: Claim, cells: _Cells) -> Iterator[CellPair]:
    for first, second in _sides(claim, cells):
        aim = _cell(cells, claim.towards, first.network, first.set).value
        gain = abs(second.value - aim) - abs(first.value - aim)
        yield CellPair(first=first, second=second, difference=gain, agrees=gain > 0)


def _gains(claim: Claim, cells: _Cells) -> Iterator[CellPair]:
    places = product(claim.sets, claim.these, claim.those, claim.networks, claim.against_networks)
    for of_set, this, that, network, other in places:
        first, second = _cell(cells, this, network, of_set), _cell(cells, this, other, of_set)
        lead = first.value - _cell(cells, that, network, of_set).value
        other_lead = second.value - _cell(cells, that, other, of_set).value
        gain = lead - other_lead
        yield CellPair(first=first, second=second, difference=gain, agrees=gain > 0)


def _mean(claim: Claim, cells: _Cells) -> CellPair:
    ((row, network, of_set),) = product(claim.these, claim.networks, claim.sets)
    cell = _cell(cells, row, network, of_set)
    difference = cell.value - sum(claim.figures, Decimal(0)) / len(claim.figures)
    return CellPair(first=cell, second=cell, difference=difference, agrees=abs(difference) <= _ROUNDED)


def _cell(cells: _Cells, row: str, network: str, of_set: str) -> PaperCell:
    try:
        return cells[row, network, of_set]
    except KeyError:
        raise ValueError(f"expected a figure of {row}, {network}, {of_set}, got none in the tables") from None
