"""The rows of the papers' tables, beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.benchmark.pages.grid import NOTHING, GridCell, GridRow, cells_of_texts
from tasks.benchmark.paper.tables import PaperCell, PaperTable, paper_tables

ORIENTATION = (
    "Rows of a paper are for orientation: its networks have other backbones, learnt from other pictures, and "
    "were measured by its authors."
)


def published_rows(
    metric: str, network: str, columns: Sequence[str]
) -> tuple[dict[str, tuple[GridRow, ...]], tuple[str, ...]]:
    """The published rows by what was learnt from, or by method, and the notes of their tables.

    ``columns``: the test set of each column, "" where no published figure belongs. Of a network that a paper
    has too, its rows alone; of others, those of every network of the paper.
    """
    rows: dict[str, tuple[GridRow, ...]] = {}
    tables = [table for table in _tables_of(metric) if set(table.sets.values()) & set(columns)]
    for name in dict.fromkeys(row for table in tables for row in table.rows):
        found = (
            GridRow(
                label=" · ".join(filter(None, [name, theirs])),
                cells=tuple(_cell(tables, metric, name, theirs, column) for column in columns),
                published=True,
            )
            for theirs in _networks(tables, network)
        )
        rows[name] = tuple(row for row in found if any(cell.text != NOTHING for cell in row.cells))
    notes = [f"{table.paper}, {table.place}: {' '.join(table.notes)}" for table in tables]
    return rows, (ORIENTATION, *notes) if notes else ()


def published_speeds() -> Iterator[GridRow]:
    """FaceOcc's pictures a second."""
    for table in _tables_of("fps"):
        for cell in table.cells:
            if cell.metric == "fps":
                texts = cells_of_texts(cell.printed, NOTHING, f"as printed, {table.paper}, {table.place}")
                yield GridRow(label=cell.row, cells=texts, published=True)


def _tables_of(metric: str) -> list[PaperTable]:
    return [table for table in paper_tables() if any(cell.metric == metric for cell in table.cells)]


def _networks(tables: Sequence[PaperTable], network: str) -> tuple[str, ...]:
    named = {theirs: ours for table in tables for theirs, ours in table.networks.items()}
    same = tuple(theirs for theirs, ours in named.items() if network.startswith(ours))
    return same or tuple(named) or ("",)


def _cell(tables: Sequence[PaperTable], metric: str, row: str, network: str, column: str) -> GridCell:
    found = (
        cell
        for table in tables
        for cell in table.cells
        if _is(cell, metric, row, network) and column and table.sets[cell.set] == column
    )
    return GridCell(text=next((cell.printed for cell in found), NOTHING))


def _is(cell: PaperCell, metric: str, row: str, network: str) -> bool:
    return (cell.metric, cell.row, cell.network) == (metric, row, network)
