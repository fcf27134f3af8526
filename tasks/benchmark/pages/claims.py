"""``claims.md``: what the paper claims, what its own figures say, and what this benchmark says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from tasks.benchmark.pages.behind import behind_of
from tasks.benchmark.pages.grid import (
    NOTHING,
    Grid,
    GridCell,
    GridColumn,
    GridRow,
    cells_of_texts,
    interval_text,
    points,
)
from tasks.benchmark.pages.material import BenchmarkMaterial
from tasks.benchmark.pages.metrics import metric_words
from tasks.benchmark.paper.claims import Claim, paper_claims
from tasks.benchmark.paper.judge import ClaimVerdict, JudgedClaim, OurDifference, judge_claims
from tasks.benchmark.paper.support import CellPair, Support
from tasks.benchmark.paper.tables import PaperCell, paper_tables

_ABOUT = (
    "Claims of Voo et al. 2022, section 4.2 and appendices, in this project's words. Figures of the paper "
    "are mIoU in per cent, without intervals. A claim holds here if the 95 % interval of every difference "
    "that is about it lies on its side of 0 (or of its margin), fails if one lies on the other side, and "
    "otherwise cannot be told."
)
_STAND_INS = (
    "* None of the paper's test sets for this claim was measured. Other sets of the same kind (faces with "
    "occlusion, or without) decide. Held-out synthetic sets resemble the data that some arms learn from."
)
_MARGINS = "Margins are this project's; the paper states none."
_ASSUMED = "† Not said in so many words, but what an argument of the paper rests on."
# Cells against a claim that its line names; all cells follow below.
_MOST_CELLS = 4
_VERDICTS: tuple[ClaimVerdict, ...] = ("holds", "fails", "cannot tell")
_NONE_SHOWN = "no figures are given"


def judged_claims(material: BenchmarkMaterial) -> tuple[JudgedClaim, ...]:
    """Every claim with what the paper's figures and the benchmark's differences say of it."""
    return judge_claims(
        paper_claims(),
        paper_tables(),
        (*material.comparisons, *material.differences),
        {arm.name: arm.paper for arm in material.arms},
        {one.name: one.unoccluded for one in material.all_sets()},
    )


def claim_grid(material: BenchmarkMaterial) -> Grid:
    """A row for each claim."""
    judged = judged_claims(material)
    remarks = dict(material.remarks)
    return Grid(
        title="Claims of the paper",
        corner="Claim",
        columns=(
            GridColumn(heading="In words", side="left"),
            GridColumn(heading="The paper's cells", side="left"),
            GridColumn(heading="Supported by them", side="left"),
            GridColumn(heading="Our differences, points", side="left"),
            GridColumn(heading="Here", side="left"),
        ),
        rows=tuple(_row(one, remarks) for one in judged),
        about=_ABOUT,
        notes=(_MARGINS, _ASSUMED, *((_STAND_INS,) if any(one.stand_ins for one in judged) else ())),
        behind=behind_of(material),
    )


def cell_grids(material: BenchmarkMaterial) -> Iterator[Grid]:
    """Of each claim every figure that it is about."""
    for one in judged_claims(material):
        if one.support.pairs:
            yield Grid(
                title=one.claim.id,
                corner="Figure",
                columns=(
                    GridColumn(heading="Value"),
                    GridColumn(heading="Set against", side="left"),
                    GridColumn(heading="Value"),
                    GridColumn(
                        heading="Gain" if one.claim.relation in ("closer", "gains-more") else "Difference"
                    ),
                    GridColumn(heading="Agrees", side="left"),
                ),
                rows=tuple(_cell_row(one.claim, pair) for pair in one.support.pairs),
                about=one.claim.sentence,
                minor=True,
            )


def _row(one: JudgedClaim, remarks: Mapping[str, str]) -> GridRow:
    claim = one.claim
    return GridRow(
        label=f"{claim.id}{'' if claim.stated else ' †'}",
        cells=(
            GridCell(text=f"{claim.sentence}{_margin_text(claim)}", beside=f"({_section_text(claim)})"),
            _paper_cell(one.support, claim),
            GridCell(text=one.support.supports),
            _our_cell(one, remarks.get(claim.id, "")),
            GridCell(text=one.verdict),
        ),
    )


def _section_text(claim: Claim) -> str:
    return f"section {claim.section}" if claim.section[0].isdigit() else f"appendix {claim.section}"


def _margin_text(claim: Claim) -> str:
    return f" Margin: {claim.margin} points." if claim.margin else ""


def _paper_cell(support: Support, claim: Claim) -> GridCell:
    if not support.pairs:
        return GridCell(text=_NONE_SHOWN)
    if claim.relation == "undecided":
        up = sum(pair.difference > 0 for pair in support.pairs)
        return GridCell(text=f"{up} of {len(support.pairs)} higher, {len(support.pairs) - up} not")
    agreeing = len(support.pairs) - len(support.against)
    against = [_against_text(pair) for pair in support.against[:_MOST_CELLS]]
    left = len(support.against) - len(against)
    return GridCell(
        text=f"{agreeing} of {len(support.pairs)} agree",
        more=(*against, *([f"and {left} more"] if left else [])),
    )


def _our_cell(one: JudgedClaim, remark: str) -> GridCell:
    mark = " *" if one.stand_ins else ""
    if not one.ours:
        return GridCell(text=remark or NOTHING)
    counted = Counter(ours.verdict for ours in one.ours)
    words = ", ".join(f"{verdict}: {counted[verdict]}" for verdict in _VERDICTS if counted[verdict])
    return GridCell(text=f"{words}{mark}", more=(*map(_our_text, one.ours), *filter(None, [remark])))


def _against_text(pair: CellPair) -> str:
    first, second = pair.first, pair.second
    return (
        f"not {_name(first)} {first.printed}, {_other_name(first, second)} {second.printed} "
        f"({_signed(pair.difference)})"
    )


def _name(cell: PaperCell) -> str:
    return f"{cell.network} on {cell.set}: {cell.row}"


def _other_name(first: PaperCell, second: PaperCell) -> str:
    """Of the other figure what differs."""
    fields = (
        (first.network, second.network),
        (first.set, second.set),
        (first.row, second.row),
    )
    return ", ".join(theirs for ours, theirs in fields if ours != theirs)


def _our_text(one: OurDifference) -> str:
    interval = interval_text(points(one.low), points(one.high)) or "(no interval)"
    what = f"{one.these} − {one.those}, {one.network} on {one.set}, {metric_words(one.metric).name}"
    return f"{what}: {points(one.difference)} {interval}, {one.verdict}"


def _cell_row(claim: Claim, pair: CellPair) -> GridRow:
    second = pair.second
    mean = claim.relation == "mean"
    against = f"mean of {', '.join(map(str, claim.figures))}" if mean else _full_name(second)
    return GridRow(
        label=_full_name(pair.first),
        cells=cells_of_texts(
            pair.first.printed,
            against,
            NOTHING if mean else second.printed,
            _signed(pair.difference),
            _agreement(claim, pair),
        ),
    )


def _agreement(claim: Claim, pair: CellPair) -> str:
    if claim.relation == "undecided":
        return "higher" if pair.difference > 0 else "not higher"
    return "yes" if pair.agrees else "no"


def _full_name(cell: PaperCell) -> str:
    return f"{cell.row}, {cell.network}, {cell.set}"


def _signed(value: Decimal) -> str:
    return f"{value:+}"
