"""Sort a bank's faces into Voo et al.'s groups, by lists and reviews, else by mask scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assets.bank.reader import Bank, Entry
from assets.bank.splits import final_splits, name_groups
from assets.face_metadata.partition import GROUPS, Group
from assets.reading.folders import order
from assets.reading.hold_out import ONE_OF, rank
from assets.wording import count_of
from tasks.face_metadata import RecordedScore, recorded_score
from tasks.partition.leaks import find_leaks, on_both_sides
from tasks.partition.report import PartitionReport, Proposal
from tasks.progress import OnProgress, ignore_progress, tracked

# The number of identities in the paper's test faces (section 3.1, Table 2).
_IDENTITIES = 80
# Persons are chosen only if the person is known for this share of the faces.
_KNOWN = 0.95


def make_partition(
    bank: Bank,
    *,
    threshold: float = 0.5,
    identities: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> PartitionReport:
    """Put the bank's faces into groups.

    A face with a known subset keeps it. Other faces with a mask score above ``threshold`` are proposed as
    occluded, for review. If no face is for testing yet and persons are known, ``identities`` persons are
    chosen for testing (None: 80, or a fifth of the persons if there are fewer than 400; 0: nobody).
    ``on_progress`` counts the faces of unknown subset.

    Raises ValueError if nothing is known of any face, and for numbers out of range.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"--threshold: expected a number from 0 to 1, got {threshold}")
    faces: Sequence[Entry] = bank.entries("face")
    unknown = [face for face in faces if face.subset is None and face.split != "excluded"]
    recorded = _scores(bank, tracked(unknown, on_progress, len(unknown)))
    if not recorded and not any(face.subset for face in faces):
        raise ValueError(
            f"{bank.url}: expected lists, verdicts or mask scores that tell occluded faces from others, "
            "got none; prepare the bank again"
        )
    subsets = subset_by_score({face: item.score for face, item in recorded.items()}, threshold)
    faces = [face if face.subset else replace(face, subset=subsets.get(face.id)) for face in faces]
    persons, remark = _persons(faces, identities)
    faces, _ = final_splits([_tested(face, persons) for face in faces], (), bank.duplicates)
    files: dict[str, list[str]] = {group.name: [] for group in GROUPS}
    for face in faces:
        if (group := _group_of(face)) is not None:
            files[group.name].append(Path(face.source).name)
    proposed = [
        Proposal(
            file=Path(face.source).name,
            score=recorded[face.id].score,
            because=recorded[face.id].because,
        )
        for face in faces
        if subsets.get(face.id) == "O"
    ]
    return PartitionReport(
        files={name: tuple(sorted(listed, key=_by_name)) for name, listed in files.items()},
        unknown=tuple(
            sorted((Path(face.source).name for face in faces if _group_of(face) is None), key=_by_name)
        ),
        by_score=len(subsets),
        proposed=tuple(sorted(proposed, key=lambda proposal: (-proposal.score, _by_name(proposal.file)))),
        persons=tuple(sorted(persons)),
        remark=remark,
        splits={face.id: face.split for face in faces},
        leaks=(
            *find_leaks(bank),
            *(on_both_sides(faces, {}, name_groups(bank.duplicates)) if persons else ()),
        ),
    )


def subset_by_score(scores: Mapping[str, float], threshold: float) -> dict[str, str]:
    """The proposed subset: ``O`` for faces whose mask score is above the threshold, else ``WO``."""
    return {face: "O" if score > threshold else "WO" for face, score in scores.items()}


def choose_persons(faces: Sequence[Entry], count: int) -> frozenset[str]:
    """``count`` persons among those with unoccluded training faces, by the hash of their names."""
    able = {face.person for face in faces if face.person and (face.subset, face.split) == ("WO", "train")}
    return frozenset(sorted(able, key=rank)[:count])


def _scores(bank: Bank, faces: Iterable[Entry]) -> dict[str, RecordedScore]:
    """Mask scores by face, for faces with a recorded score."""
    scores = {face.id: recorded_score(bank.metadata(face)) for face in faces}
    return {name: recorded for name, recorded in scores.items() if recorded}


def _persons(faces: Sequence[Entry], identities: int | None) -> tuple[frozenset[str], str]:
    """The persons chosen for testing, and a remark with the reason."""
    option = "--test-identities"
    if identities is not None and identities < 0:
        raise ValueError(f"{option}: expected 0 or more, got {identities}")
    used = [face for face in faces if face.split == "train"]
    known = Counter(face.person for face in used if face.person)
    obstacle = ""
    if tested := sum(face.split == "test" for face in faces):
        obstacle = f"the bank already has {count_of(tested, 'test faces')}"
    elif not used or known.total() < _KNOWN * len(used):
        obstacle = f"the person is known for only {known.total()} of {count_of(len(used), 'training faces')}"
    if obstacle and identities:
        raise ValueError(
            f"{option}: expected a bank in which test persons can be chosen, but {obstacle}; leave it out"
        )
    if obstacle:
        return frozenset(), f"{obstacle}, so no test persons are chosen"
    if identities is not None and identities >= len(known):
        raise ValueError(f"{option}: expected fewer than the {len(known)} persons, got {identities}")
    wanted = min(_IDENTITIES, len(known) // ONE_OF) if identities is None else identities
    persons = choose_persons(faces, wanted)
    return persons, f"chosen for testing: {len(persons)} of {count_of(len(known), 'persons')}"


def _tested(face: Entry, persons: frozenset[str]) -> Entry:
    return replace(face, split="test") if face.split == "train" and face.person in persons else face


def _group_of(face: Entry) -> Group | None:
    if face.split == "excluded":
        return next(group for group in GROUPS if group.split == "excluded")
    return next((group for group in GROUPS if (group.subset, group.split) == (face.subset, face.split)), None)


def _by_name(name: str) -> tuple[bool, int, str]:
    return order(Path(name))
