"""A bank's faces in Voo et al.'s parts: by lists and reviews, the rest by suspicion; who is tested on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assets.bank.reader import Bank, Entry
from assets.bank.splits import final_splits
from assets.face_metadata.partition import PARTS, Part
from assets.reading.folders import order
from assets.reading.hold_out import ONE_OF, rank
from natocc.occluders.bank_files import read_span
from shards import storage
from tasks.partition.leaks import find_leaks, on_both_sides
from tasks.partition.report import PartitionReport, Proposal
from tasks.progress import OnProgress, ignore_progress, tracked

# As many identities as the paper's test faces have (section 3.1, Table 2).
IDENTITIES = 80
# Of how many faces the person must be known for persons to be told apart.
_KNOWN = 0.95


def make_partition(
    bank: Bank,
    *,
    threshold: float = 0.5,
    identities: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> PartitionReport:
    """Put the bank's faces into parts.

    A face of known subset keeps it; of the others those more suspicious than ``threshold`` are proposed
    as occluded, to be looked at. Where no face is tested on and persons are known, ``identities`` of
    them are (None: 80, or a fifth of the persons where they are fewer than 400; 0: nobody). ``on_progress``
    counts the faces of unknown subset.

    Raises ValueError where nothing is known of any face, and for numbers that make no sense.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"--threshold: expected a number from 0 to 1, got {threshold}")
    faces: Sequence[Entry] = bank.entries("face")
    unknown = [face for face in faces if face.subset is None and face.split != "excluded"]
    told = _suspicions(bank, tracked(unknown, on_progress, len(unknown)))
    if not told and not any(face.subset for face in faces):
        raise ValueError(
            f"{bank.url}: expected lists, verdicts or suspicion that tell occluded faces from others, "
            "got none; prepare the bank again"
        )
    subsets = subset_by_suspicion({face: score for face, (score, _) in told.items()}, threshold)
    faces = [face if face.subset else replace(face, subset=subsets.get(face.id)) for face in faces]
    persons, remark = _persons(faces, identities)
    faces, _ = final_splits([_tested(face, persons) for face in faces], ())
    files: dict[str, list[str]] = {part.name: [] for part in PARTS}
    for face in faces:
        if (part := _part_of(face)) is not None:
            files[part.name].append(Path(face.source).name)
    proposed = [
        Proposal(file=Path(face.source).name, score=told[face.id][0], because=told[face.id][1])
        for face in faces
        if subsets.get(face.id) == "O"
    ]
    return PartitionReport(
        files={name: tuple(sorted(those, key=_by_name)) for name, those in files.items()},
        unknown=tuple(sorted((Path(f.source).name for f in faces if _part_of(f) is None), key=_by_name)),
        by_suspicion=len(subsets),
        proposed=tuple(sorted(proposed, key=lambda one: (-one.score, _by_name(one.file)))),
        persons=tuple(sorted(persons)),
        remark=remark,
        leaks=(*find_leaks(bank), *(on_both_sides(faces, {}) if persons else ())),
    )


def subset_by_suspicion(scores: Mapping[str, float], threshold: float) -> dict[str, str]:
    """``O`` for faces whose suspicion is above the threshold, ``WO`` for the others: a proposal."""
    return {face: "O" if score > threshold else "WO" for face, score in scores.items()}


def choose_persons(faces: Sequence[Entry], count: int) -> frozenset[str]:
    """``count`` persons among those with unoccluded training faces, by the hash of their names."""
    there = {face.person for face in faces if face.person and (face.subset, face.split) == ("WO", "train")}
    return frozenset(sorted(there, key=rank)[:count])


def _suspicions(bank: Bank, faces: Iterable[Entry]) -> dict[str, tuple[float, str]]:
    """Score and reason by face, of those for which the bank has them."""
    found = {}
    for face in faces:
        span = face.members.get("json")
        if span is None:
            continue
        facts = json.loads(read_span(storage.join(bank.url, face.shard), span.offset, span.size))
        if isinstance(said := facts.get("suspicion"), dict):
            found[face.id] = float(said["score"]), str(said.get("because", ""))
    return found


def _persons(faces: Sequence[Entry], identities: int | None) -> tuple[frozenset[str], str]:
    """Persons that are to be tested on, and why these or why none."""
    option = "--test-identities"
    if identities is not None and identities < 0:
        raise ValueError(f"{option}: expected 0 or more, got {identities}")
    used = [face for face in faces if face.split == "train"]
    known = Counter(face.person for face in used if face.person)
    why = ""
    if tested := sum(face.split == "test" for face in faces):
        why = f"{tested} faces are tested on already"
    elif not used or known.total() < _KNOWN * len(used):
        why = f"the person is known of {known.total()} of {len(used)} faces"
    if why and identities:
        raise ValueError(f"{option}: expected persons to choose among, but {why}; leave it out")
    if why:
        return frozenset(), f"{why}: no identities are chosen"
    if identities is not None and identities >= len(known):
        raise ValueError(f"{option}: expected fewer than the {len(known)} persons, got {identities}")
    wanted = min(IDENTITIES, len(known) // ONE_OF) if identities is None else identities
    persons = choose_persons(faces, wanted)
    return persons, f"{len(persons)} of {len(known)} identities are chosen to be tested on"


def _tested(face: Entry, persons: frozenset[str]) -> Entry:
    return replace(face, split="test") if face.split == "train" and face.person in persons else face


def _part_of(face: Entry) -> Part | None:
    if face.split == "excluded":
        return next(part for part in PARTS if part.split == "excluded")
    return next((part for part in PARTS if (part.subset, part.split) == (face.subset, face.split)), None)


def _by_name(name: str) -> tuple[bool, int, str]:
    return order(Path(name))
