"""Tables of scores: arms by test sets for each network and metric, and slices of the sets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.benchmark.counts.measure import AS_LABELLED
from tasks.benchmark.pages.behind import behind_of
from tasks.benchmark.pages.grid import (
    NOTHING,
    Grid,
    GridCell,
    GridColumn,
    GridRow,
    cells_of_texts,
    interval_text,
)
from tasks.benchmark.pages.material import BenchmarkMaterial, ReportedSet
from tasks.benchmark.pages.metrics import MetricWords, in_order, metric_words
from tasks.benchmark.pages.published import published_rows, published_speeds
from tasks.benchmark.scores.results import Result

MASKS_OF_OTHERS = "masks of others"
_SPREAD = "Mean ± standard deviation over seeds; in brackets the 95 % interval over persons and seeds."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A test set, and how it was read; of a missing set as labelled."""

    of: ReportedSet
    reading: str = AS_LABELLED
    tta: bool = False
    part: str = ""

    @property
    def heading(self) -> str:
        """How the set was read, as far as it is not plainly."""
        read = ["" if self.reading == AS_LABELLED else self.reading, "TTA" if self.tta else ""]
        return ", ".join([self.of.name, *filter(None, read)])

    @property
    def plain(self) -> bool:
        """Whether a published figure belongs here."""
        return self.reading == AS_LABELLED and not self.tta and not self.part


def score_grids(material: BenchmarkMaterial) -> Iterator[Grid]:
    """A table for each network and metric; a set that is missing is a named empty column."""
    for network in material.networks():
        results = [one for one in material.results if one.network == network and not one.slice]
        for metric in in_order(one.metric for one in results):
            chosen = [one for one in results if one.metric == metric]
            if any(not math.isnan(one.mean) for one in chosen):
                yield _score_grid(material, network, metric, chosen)


def slice_grids(material: BenchmarkMaterial) -> Iterator[Grid]:
    """A table for each network and metric that was computed of slices: kinds of occluders, hidden shares."""
    for network in material.networks():
        sliced = [one for one in material.results if one.network == network and one.slice]
        for metric in in_order(one.metric for one in sliced):
            chosen = [one for one in sliced if one.metric == metric]
            columns = tuple(dict.fromkeys(_column_of(material, one) for one in chosen))
            words = metric_words(metric)
            yield Grid(
                title=f"{words.title}, by slice: {network}",
                corner="Arm",
                columns=tuple(_grid_column(column, chosen) for column in columns),
                rows=tuple(_rows(material, network, chosen, columns, words)),
                about=f"{words.about} {_SPREAD}".strip(),
                behind=behind_of(material, networks=[network], sets={one.set for one in chosen}),
                minor=words.minor or metric != "face_iou",
            )


def speed_grid(material: BenchmarkMaterial) -> Grid | None:
    """Pictures a second, beside FaceOcc's; None if nothing was timed."""
    if not material.speeds:
        return None
    own = (
        GridRow(
            label=one.network,
            cells=cells_of_texts(f"{one.pictures_a_second:.1f}", f"{one.side} x {one.side}", one.device),
        )
        for one in material.speeds
    )
    return Grid(
        title="Pictures a second",
        corner="Network",
        columns=(
            GridColumn(heading="Pictures a second"),
            GridColumn(heading="Pixels"),
            GridColumn(heading="Device", side="left"),
        ),
        rows=(*own, *published_speeds()),
        about="One picture at a time, after a warm-up; decoding and enlarging are not counted.",
        behind=behind_of(material, sets=()),
        minor=True,
    )


def _score_grid(material: BenchmarkMaterial, network: str, metric: str, results: Sequence[Result]) -> Grid:
    columns = tuple(_columns(material, results))
    words = metric_words(metric)
    published, published_notes = published_rows(
        metric, network, [column.of.name if column.plain else "" for column in columns]
    )
    re_created = {arm.name: arm.paper for arm in material.arms}
    rows: list[GridRow] = []
    for arm, row in zip(
        material.arms_of(network), _rows(material, network, results, columns, words), strict=True
    ):
        rows += [row, *published.pop(re_created.get(arm, ""), ())]
    rows += [row for left in published.values() for row in left]
    return Grid(
        title=f"{words.title}: {network}",
        corner="Arm",
        columns=tuple(_grid_column(column, results) for column in columns),
        rows=tuple(rows),
        about=f"{words.about} {_SPREAD}".strip(),
        notes=(*_notes(columns, results), *published_notes),
        behind=behind_of(
            material, networks=[network], sets={one.set for one in results if not math.isnan(one.mean)}
        ),
        minor=words.minor,
    )


def _columns(material: BenchmarkMaterial, results: Sequence[Result]) -> Iterator[_Column]:
    """Of each set how it was read: as labelled, then as trained; each without TTA, then with it."""
    for one in material.all_sets():
        ways = sorted({(result.reading, result.tta) for result in results if result.set == one.name})
        if one.missing or not ways:
            yield _Column(of=one)
        else:
            yield from (_Column(of=one, reading=reading, tta=tta) for reading, tta in ways)


def _column_of(material: BenchmarkMaterial, result: Result) -> _Column:
    of = material.set_named(result.set)
    return _Column(of=of, reading=result.reading, tta=result.tta, part=result.slice)


def _grid_column(column: _Column, results: Sequence[Result]) -> GridColumn:
    if column.of.missing:
        return GridColumn(heading=column.heading, under="missing")
    counted = [(one.pictures, one.groups) for one in results if _is_in(one, column)]
    if not counted:
        return GridColumn(heading=column.heading, under="no figures")
    pictures, groups = counted[0]
    under = ", ".join(filter(None, [column.part, f"{pictures} pictures, {groups} persons"]))
    return GridColumn(heading=column.heading, under=under)


def _rows(
    material: BenchmarkMaterial,
    network: str,
    results: Sequence[Result],
    columns: Sequence[_Column],
    words: MetricWords,
) -> Iterator[GridRow]:
    for arm in material.arms_of(network):
        own = {
            column: one for one in results if one.mixture == arm for column in columns if _is_in(one, column)
        }
        cells = tuple(_cell(own, column, words) for column in columns)
        yield GridRow(label=arm or MASKS_OF_OTHERS, cells=cells)


def _cell(results: Mapping[_Column, Result], column: _Column, words: MetricWords) -> GridCell:
    one = results.get(column)
    if one is None or math.isnan(one.mean):
        return GridCell(text=NOTHING)
    spread = "" if math.isnan(one.spread) else f" ± {words.text(one.spread)}"
    return GridCell(
        text=f"{words.text(one.mean)}{spread}",
        beside=interval_text(words.text(one.low), words.text(one.high)),
    )


def _is_in(one: Result, column: _Column) -> bool:
    key = (one.set, one.reading, one.tta, one.slice)
    return key == (column.of.name, column.reading, column.tta, column.part)


def _notes(columns: Sequence[_Column], results: Sequence[Result]) -> Iterator[str]:
    """Why a column is empty, why a figure is missing, and what holds for figures that are there."""
    for column in columns:
        if column.of.missing:
            yield f"{column.of.name} is missing: {column.of.missing}"
    absent = dict.fromkeys((one.set, one.note) for one in results if one.note and math.isnan(one.mean))
    yield from (f"{of_set}: {note}" for of_set, note in absent)
    yield from dict.fromkeys(one.note for one in results if one.note and not math.isnan(one.mean))
