"""What a rebuild costs after a change: ``python -m benchmarks.shards --bank data/bank``.

The bank's training faces are filled up with darker and brighter copies, each a photograph and a person of
its own. A version of all kinds is built, then one thing is changed and it is built again; each line of the
table is such a change: samples rendered and copied, shards written, bytes written, seconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assets.bank.reader import Bank
from benchmarks.shards.changes import CHANGES, Content, fill_up, nothing, write
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build

_COLUMNS = ("changed", "samples", "rendered", "copied", "shards", "written", "linked", "MB", "s")


def measure(options: BuildOptions, name: str) -> tuple[str, ...]:
    """Build, and describe the build as a row of the table."""
    known = set(_files(Path(options.out)))
    start = time.perf_counter()
    report = build(options)
    seconds = time.perf_counter() - start
    new = sum(path.stat().st_size for path in _tars(report) if path.stat().st_ino not in known)
    counts = report.dataset.counts
    return (
        name,
        f"{sum(counts.values()):,}",
        f"{report.samples_rendered:,}",
        f"{report.samples_copied:,}",
        f"{len(report.dataset.shards)}",
        f"{report.rendered}",
        f"{report.reused}",
        f"{new / 1e6:,.1f}",
        f"{seconds:.1f}",
    )


def _files(folder: Path) -> Iterator[int]:
    return (path.stat().st_ino for path in folder.rglob("*.tar"))


def _tars(report: BuildReport) -> Iterable[Path]:
    return Path(report.url).glob("*.tar")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--faces", type=int, default=200, help="training faces, copies included")
    parser.add_argument("--size", type=int, default=1024, help="long side of the pictures")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    table = Table(*_COLUMNS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = fill_up(Content.of(Bank(arguments.bank)), arguments.faces)
        recipe = {"size": arguments.size, "repeats": 3}
        for number, (words, change) in enumerate((("(first build)", nothing), *CHANGES)):
            content, fields = first.copy(), dict(recipe)
            change(content, fields)
            bank = write(content, folder / f"bank-{number}")
            options = BuildOptions(
                recipe=str(content.recipe(folder / f"{number}.yaml", fields)),
                bank=bank,
                out=str(folder / "out"),
                workers=arguments.workers,
            )
            table.add_row(*measure(options, words))
            # Each change starts from the first version.
            if number:
                build(options.replaced(recipe=str(folder / "0.yaml"), bank=str(folder / "bank-0")))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
