"""The table of rebuilds: what one change costs, in samples, shards, bytes and seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from assets.bank.reader import Bank
from benchmarks.shards.changes import CHANGES, Content, fill_up, nothing, write
from commands.data.build import build_fields
from tasks.build.options import BuildOptions
from tasks.build.version import build

COLUMNS = ("changed", "samples", "rendered", "copied", "shards", "written", "linked", "MB", "s")


def add_rebuilds(table: Table, bank: str, folder: Path, *, faces: int, size: int, workers: int) -> None:
    """A row for the first build and for each change of the inputs."""
    first = fill_up(Content.of(Bank(bank)), faces)
    recipe = {"size": size, "repeats": 3}
    for number, (words, change) in enumerate((("(first build)", nothing), *CHANGES)):
        content, fields = first.copy(), dict(recipe)
        change(content, fields)
        options = BuildOptions(
            recipe=str(content.recipe(folder / f"{number}.yaml", fields)),
            bank=write(content, folder / f"bank-{number}"),
            out=str(folder / "out"),
            workers=workers,
        )
        table.add_row(*measure(options, words))
        # Each change starts from the first version.
        if number:
            build(options.replaced(recipe=str(folder / "0.yaml"), bank=str(folder / "bank-0")))


def measure(options: BuildOptions, name: str) -> tuple[str, ...]:
    """Build, and describe the build as a row of the table."""
    known = frozenset(inodes(Path(options.out)))
    start = time.perf_counter()
    report = build(options)
    return describe(build_fields(report), name, time.perf_counter() - start, known)


def describe(report: Mapping[str, Any], name: str, seconds: float, known: frozenset[int]) -> tuple[str, ...]:
    """A row of the table, from what ``natocc build --json`` says.

    ``known`` are the inodes of the shards that were there before.
    """
    tars = [path.stat() for path in Path(report["url"]).glob("*.tar")]
    return (
        name,
        f"{sum(report['counts'].values()):,}",
        f"{report['samples_rendered']:,}",
        f"{report['samples_copied']:,}",
        f"{len(tars)}",
        f"{report['shards_rendered']}",
        f"{report['shards_reused']}",
        f"{sum(tar.st_size for tar in tars if tar.st_ino not in known) / 1e6:,.1f}",
        f"{seconds:.1f}",
    )


def inodes(folder: Path) -> Iterator[int]:
    return (path.stat().st_ino for path in folder.rglob("*.tar"))
