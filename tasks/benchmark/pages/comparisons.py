"""The comparisons that were named before training, as a table."""

from __future__ import annotations

from tasks.benchmark.pages.behind import behind_of
from tasks.benchmark.pages.grid import (
    Grid,
    GridCell,
    GridColumn,
    GridRow,
    cells_of_texts,
    interval_text,
    p_value,
    points,
)
from tasks.benchmark.pages.material import BenchmarkMaterial
from tasks.benchmark.pages.metrics import metric_words
from tasks.benchmark.scores.results import Comparison

_ABOUT = (
    "These were named before anything was trained. Differences are in points, with the 95 % interval over "
    "persons and seeds. p is two-sided, by permutation; Holm's p allows for all of these tests; the smallest "
    "p is what so many pictures can reach at all."
)


def comparison_grid(material: BenchmarkMaterial) -> Grid | None:
    """A row for each comparison; None if none was named."""
    if not material.comparisons:
        return None
    return Grid(
        title="Differences named before training",
        corner="Difference",
        columns=(
            GridColumn(heading="Network", side="left"),
            GridColumn(heading="Set", side="left"),
            GridColumn(heading="Metric", side="left"),
            GridColumn(heading="Points"),
            GridColumn(heading="p"),
            GridColumn(heading="Holm's p"),
            GridColumn(heading="Smallest p"),
            GridColumn(heading="Pictures"),
            GridColumn(heading="Persons"),
            GridColumn(heading="Seeds"),
            GridColumn(heading="Note", side="left"),
        ),
        rows=tuple(GridRow(label=difference_name(one), cells=_cells(one)) for one in material.comparisons),
        about=_ABOUT,
        behind=behind_of(
            material,
            networks={one.network for one in material.comparisons},
            arms={arm for one in material.comparisons for arm in (one.better, one.than)},
            sets={one.set for one in material.comparisons},
        ),
    )


def difference_name(one: Comparison) -> str:
    """The two arms of a comparison."""
    return f"{one.better} − {one.than}"


def _cells(one: Comparison) -> tuple[GridCell, ...]:
    return (
        *cells_of_texts(one.network, one.set, metric_words(one.metric).name),
        GridCell(text=points(one.difference), beside=interval_text(points(one.low), points(one.high))),
        *cells_of_texts(p_value(one.p), p_value(one.p_holm), p_value(one.smallest_p)),
        *cells_of_texts(str(one.pictures), str(one.groups), str(one.seeds), one.note),
    )
