"""A partition of a bank's faces, and its files: a list for each group, proposals, counts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from assets.face_metadata.partition import GROUPS, TABLE_2
from shards import storage
from shards.lock import one_writer
from tasks.partition.near_duplicates import NearDuplicate

REPORT, PROPOSED = "partition.json", "proposed-O.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A face that is proposed as occluded because of its mask score alone."""

    file: str
    score: float
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionReport:
    """Faces by group, and the reasons."""

    files: Mapping[str, tuple[str, ...]]  # photographs' names by group
    # Faces without a group: no list, review or mask score covers them.
    unknown: tuple[str, ...]
    by_score: int
    proposed: tuple[Proposal, ...]  # the highest score first
    persons: tuple[str, ...]  # newly chosen for testing
    remark: str  # the reason for the choice of persons
    leaks: tuple[str, ...]
    splits: Mapping[str, str] = field(default_factory=dict)  # by the faces' ids, under this partition
    near_duplicates: tuple[NearDuplicate, ...] | None = None  # None if nobody looked for them

    def rows(self) -> list[tuple[str, int, int | None]]:
        """Group, number of faces, and the number in Table 2 if it has one."""
        names = [
            name for name in dict.fromkeys((*TABLE_2, *self.files)) if name in TABLE_2 or self.files[name]
        ]
        return [(name, len(self.files[name]), TABLE_2.get(name)) for name in names]


@one_writer("out")
def write_partition(report: PartitionReport, out: str) -> None:
    """Write a list for each group (to be put into the raw folder), the proposals and the report.

    Raises ValueError if a different list of the same name exists there.
    """
    lists = {group.file: report.files[group.name] for group in GROUPS if group.name in TABLE_2}
    lists |= {group.file: report.files[group.name] for group in GROUPS if report.files[group.name]}
    # Without the comment, a list without faces would be refused as one that was cut off.
    written = {
        name: ("".join(f"{file}\n" for file in listed) or "# no faces\n").encode()
        for name, listed in lists.items()
    }
    for name, data in written.items():
        url = storage.join(out, name)
        if storage.exists(url) and storage.read_bytes(url) != data:
            raise ValueError(
                f"{url}: expected no such list or just this one, got another; give another --out"
            )
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("file", "score", "because"))
    writer.writerows((proposal.file, proposal.score, proposal.because) for proposal in report.proposed)
    counts = {name: {"faces": count, "table_2": published} for name, count, published in report.rows()}
    summary = {
        "counts": counts,
        "unknown": report.unknown,
        "by_suspicion": report.by_score,
        "proposed_O": len(report.proposed),
        "test_persons": report.persons,
        "remark": report.remark,
        "leaks": report.leaks,
    }
    if report.near_duplicates is not None:
        summary["near_duplicates"] = [asdict(pair) for pair in report.near_duplicates]
    written |= {PROPOSED: table.getvalue().encode(), REPORT: json.dumps(summary, indent=1).encode()}
    for name, data in written.items():
        storage.write_bytes(storage.join(out, name), data)
