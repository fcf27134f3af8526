"""The report of a preparation: the bank's contents and the numbers of shards made and kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assets.bank.face_labels import count_masks
from assets.bank.reader import CORRECTED, Bank
from assets.problems import Problem, Unmatched
from assets.reading.unmatched import only_unmatched
from natocc.kinds import POOLS

PROBLEMS = "problems.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReport:
    """The bank after a preparation."""

    bank: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    # COCO's annotations that are no candidates, by reason.
    skipped: dict[str, int]
    absent: tuple[str, ...]  # raw datasets that are missing
    moved_to_test: int
    unchanged: bool
    shards_made: int
    shards_kept: int
    # Objects by upscaler, and ``smaller_batches``: objects for which a GPU's memory was short.
    upscaled: dict[str, int]
    # The first of the entries that moved.
    moved_first: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return sum(problem.action == "refused" for problem in self.problems)

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """The inputs that match nothing, by source and kind."""
        return only_unmatched(self.problems)


def count_entries(bank: Bank) -> dict[str, int]:
    """Faces by split, corrected masks if there are any, occluders by kind, really occluded faces.

    Occluders that are excluded are counted apart.
    """
    counts: Counter[str] = Counter()
    for entry in bank.entries("face"):
        counts[f"{entry.split} faces"] += 1
    if corrected := count_masks(bank.entries("face"))[CORRECTED]:
        counts["corrected masks"] = corrected
    for pool in POOLS.values():
        entries = bank.entries(pool.name)
        excluded = sum(entry.split == "excluded" for entry in entries)
        counts[pool.plural] = len(entries) - excluded
        if excluded:
            counts[f"excluded {pool.plural}"] = excluded
    counts["occluded faces"] = int(bank.index["evaluation"]["faces"])
    return dict(counts)
