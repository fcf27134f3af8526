"""What versions cost: ``python -m benchmarks.shards --bank data/bank``.

Parts, all unless some are chosen with ``--part``:

- ``rebuilds``: the bank's training faces are filled up with darker and brighter copies, each a photograph and
  a person of its own. A version of all kinds is built, then one thing is changed and it is built again; each
  line is such a change: samples rendered and copied, shards written, bytes written, seconds.
- ``code``: the same for a changed comment, a changed constant and other weights, on a small version.
- ``speed``: a shard written and its samples copied, beside what ``tarfile`` writes of the same bytes.
- ``rows``: many rows published and taken over, each in a process of its own.
- ``unchanged``: a build of many shards where nothing changed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.shards.rebuilds import COLUMNS, add_rebuilds
from benchmarks.shards.rows import add_rows, add_unchanged
from benchmarks.shards.speed import add_speed

_PARTS = ("rebuilds", "code", "speed", "rows", "unchanged")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bank", required=True)
    parser.add_argument("--part", action="append", choices=_PARTS, help="may be repeated; all by default")
    parser.add_argument("--faces", type=int, default=200, help="training faces of rebuilds, copies included")
    parser.add_argument("--size", type=int, default=1024, help="long side of the pictures of rebuilds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--samples", type=int, default=256, help="samples of the shard that is copied")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--per-shard", type=int, default=1000, help="rows of a shard")
    parser.add_argument("--shards", type=int, default=1000, help="shards of the version without a change")
    parser.add_argument("--folder", help="where the work is done; the system's temporary folder by default")
    given = parser.parse_args()
    parts = given.part or _PARTS
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        changes, costs = Table(*COLUMNS), Table("what", "of", "cost", "beside")
        if "rebuilds" in parts:
            add_rebuilds(
                changes, given.bank, folder, faces=given.faces, size=given.size, workers=given.workers
            )
        if "code" in parts:
            # Imports torch.
            from benchmarks.shards.code import add_code_changes

            add_code_changes(changes, given.bank, folder, workers=given.workers)
        if "speed" in parts:
            add_speed(costs, given.bank, folder, samples=given.samples)
        if "rows" in parts:
            add_rows(costs, given.bank, folder / "rows", rows=given.rows, per_shard=given.per_shard)
        if "unchanged" in parts:
            add_unchanged(costs, given.bank, folder / "unchanged", shards=given.shards)
    for table in (changes, costs):
        if table.row_count:
            Console(width=110).print(table)


if __name__ == "__main__":
    main()
