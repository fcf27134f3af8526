"""``report.md`` and ``claims.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from natocc.files.show import markdown, one_line
from tasks.benchmark.pages.behind import full_hashes, run_commands, run_grid, set_grid
from tasks.benchmark.pages.claims import cell_grids, claim_grid
from tasks.benchmark.pages.comparisons import comparison_grid
from tasks.benchmark.pages.grid import Behind, Grid, GridRow
from tasks.benchmark.pages.material import BenchmarkMaterial
from tasks.benchmark.pages.tables import score_grids, slice_grids, speed_grid

# Characters of one text, such as a command.
_LONGEST = 4000
# Before the label of a row that is of a paper.
_PUBLISHED = "*paper:* "


def report_markdown(material: BenchmarkMaterial) -> str:
    """The whole benchmark as Markdown; what users named is escaped."""
    comparisons, speeds = comparison_grid(material), speed_grid(material)
    parts = [
        *_head(material, f"Benchmark {material.name}"),
        *(f"- {_text(note)}" for note in material.notes),
        *_section("Test sets", [replace(set_grid(material), title="")], ""),
        *_section("Comparisons", [comparisons] if comparisons else [], "No comparison was named."),
        *_section("Scores", score_grids(material), "There are no scores."),
        *_section("Slices", slice_grids(material), "No set was cut into slices."),
        *_section("Speed", [speeds] if speeds else [], "Nothing was timed."),
        *_section("Trainings", [replace(run_grid(material), title="")], ""),
        "## Hashes",
        "\n".join(f"- {_text(name)}: {_text(digest)}" for name, digest in full_hashes(material)),
        *_commands(material),
    ]
    return _document(parts)


def claims_markdown(material: BenchmarkMaterial) -> str:
    """``claims.md``: a line for each claim, then every cell of the paper that it is about."""
    parts = [
        *_head(material, "Claims of the paper"),
        _grid(replace(claim_grid(material), title="")),
        "## Cells of the paper",
        *map(_grid, cell_grids(material)),
    ]
    return _document(parts)


def _head(material: BenchmarkMaterial, title: str) -> list[str]:
    return [f"# {_text(title)}", _text(material.description), _fenced(material.command)]


def _section(title: str, grids: Iterable[Grid], otherwise: str) -> Iterator[str]:
    yield f"## {title}"
    yield from [_grid(grid) for grid in grids] or [otherwise]


def _commands(material: BenchmarkMaterial) -> Iterator[str]:
    commands = list(run_commands(material))
    if commands:
        yield "## Commands of the trainings"
        for name, command in commands:
            yield f"{_text(name)}:"
            yield _fenced(command)


def _grid(grid: Grid) -> str:
    parts = [f"### {_text(grid.title)}"] if grid.title else []
    parts += [_text(grid.about)] if grid.about else []
    parts.append(_table(grid))
    parts += [f"- {_text(note)}" for note in grid.notes]
    parts += _behind(grid.behind)
    return "\n\n".join(parts)


def _table(grid: Grid) -> str:
    heads = [grid.corner, *(column.whole for column in grid.columns)]
    rules = ["---", *("---" if column.side == "left" else "---:" for column in grid.columns)]
    rows = [_row(row) for row in grid.rows]
    return "\n".join(_line(cells) for cells in ([_text(head) for head in heads], rules, *rows))


def _row(row: GridRow) -> list[str]:
    label = f"{_PUBLISHED if row.published else ''}{_text(row.label)}"
    return [label, *(_text(cell.whole) for cell in row.cells)]


def _behind(behind: Behind) -> list[str]:
    if not behind.lines:
        return []
    lines = [f"- {word}: {_text(text)}" for word, text in behind.lines]
    return ["<details><summary>Command and hashes</summary>", "\n".join(lines), "</details>"]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: object) -> str:
    return markdown(value, _LONGEST)


def _fenced(command: str) -> str:
    """Code between fences that it cannot end."""
    text = one_line(command, _LONGEST)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _document(parts: Iterable[str]) -> str:
    text = "\n\n".join(part for part in parts if part)
    # Notes stand line under line.
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text).rstrip("\n") + "\n"
