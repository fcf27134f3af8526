"""Leaks: photographs, duplicates, persons and classes in both the training and the test split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from assets.bank.reader import Bank, Entry
from assets.bank.splits import SourceName, class_of, name_groups, names_of
from natocc.kinds import ENTRY_KINDS, POOLS

_CALLED = {"photo": "photograph", "duplicates": "duplicates of face"}


def find_leaks(bank: Bank) -> list[str]:
    """A line for each photograph, group of duplicates, person and held-out class in both splits.

    It checks the bank's entries and the shards of really occluded faces, which all belong to the test split.
    Raises FileNotFoundError if such a shard is missing.
    """
    entries = [entry for kind in ENTRY_KINDS for entry in bank.entries(kind)]
    groups = name_groups(bank.duplicates)
    return [*on_both_sides(entries, _evaluated(bank), groups), *_trained_on_though_held_out(bank, entries)]


def on_both_sides(
    entries: Sequence[Entry], evaluated: Mapping[SourceName, str], groups: Mapping[str, str]
) -> Iterator[str]:
    """A line for each photograph, person and group of duplicates in both splits.

    ``evaluated`` names more of the test split; ``groups`` are those of ``name_groups``.
    """
    tested = dict(evaluated)
    for entry in entries:
        if entry.split == "test":
            for name in names_of(entry, groups):
                tested.setdefault(name, f"{entry.kind} {entry.id}")
    trained: dict[SourceName, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.split == "train":
            for name in names_of(entry, groups) & tested.keys():
                trained[name].append(f"{entry.kind} {entry.id}")
    for name, users in sorted(trained.items()):
        kind, value = _CALLED.get(name[0], name[0]), name[1]
        yield f"{kind} {value}: expected on one side, got {tested[name]} in test and {_some(users)} in train"


def _trained_on_though_held_out(bank: Bank, entries: Sequence[Entry]) -> Iterator[str]:
    held = bank.index.get("held_out", {})
    trained: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        if entry.split == "train" and class_of(entry) in held.get(entry.kind, ()):
            trained[entry.kind, class_of(entry)].append(entry.id)
    for (kind, name), users in sorted(trained.items()):
        yield f"{kind} {POOLS[kind].held_out_by} {name}: expected held out, got {_some(users)} in train"


def _evaluated(bank: Bank) -> dict[SourceName, str]:
    """Photographs and persons of the really occluded faces, with one face of each."""
    found: dict[SourceName, str] = {}
    for dataset, key, metadata in bank.evaluated():
        for kind in ("photo", "person"):
            if metadata.get(kind):
                found.setdefault((kind, metadata[kind]), f"{dataset}'s {key}")
    return found


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
