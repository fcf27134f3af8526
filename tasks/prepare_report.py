"""What a bank holds: just made, or found unchanged."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from assets.bank import CORRECTED, INDEX, Bank
from assets.problems import Problem
from shards import storage

PROBLEMS = "problems.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReport:
    """What the bank holds now."""

    bank: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    absent: tuple[str, ...]  # raw datasets that are not there
    moved_to_test: int
    unchanged: bool

    @property
    def refused(self) -> int:
        return sum(problem.action == "refused" for problem in self.problems)


def report_of(bank: str, made_from: str) -> PrepareReport | None:
    """The report of the bank that is there, if it was made from just this and is whole."""
    if not storage.exists(storage.join(bank, INDEX)):
        return None
    there = Bank(bank)
    files: dict[str, str] = there.index["files"]  # type: ignore[assignment]
    whole = set(files) <= set(storage.list_names(bank))
    if not whole or there.index.get("fingerprint") != made_from:
        return None
    lines = storage.read_bytes(storage.join(bank, PROBLEMS)).decode().split("\n")
    return PrepareReport(
        bank=bank,
        counts=count_entries(there),
        problems=tuple(Problem(**json.loads(line)) for line in lines if line),
        absent=(),
        moved_to_test=int(str(there.index["moved_to_test"])),
        unchanged=True,
    )


def count_entries(bank: Bank) -> dict[str, int]:
    """Entries by kind, faces by split, those with a corrected mask if any, really occluded faces."""
    counts: Counter[str] = Counter()
    for entry in bank.entries("face"):
        counts[f"{entry.split} faces"] += 1
    if corrected := sum(entry.category == CORRECTED for entry in bank.entries("face")):
        counts["corrected masks"] = corrected
    for kind in ("object", "hand", "texture"):
        counts[f"{kind}s"] = len(bank.entries(kind))
    counts["occluded faces"] = int(bank.index["evaluation"]["faces"])  # type: ignore[index]
    return dict(counts)
