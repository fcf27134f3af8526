"""Splits without leaks: training uses no photograph, no duplicate and no person of the test split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from assets.bank.reader import Entry
from natocc.kinds import FACE, POOLS

# ("photo", sha256), ("person", name) or ("duplicates", face id). The first item keeps the kinds apart.
SourceName = tuple[str, str]


def final_splits(
    entries: Sequence[Entry],
    evaluated: Sequence[Entry],
    duplicates: Iterable[Collection[str]] = (),
    withdrawn: Sequence[Entry] = (),
) -> tuple[list[Entry], int]:
    """The entries in their order with their final split, and how many were moved from train to test.

    ``evaluated`` are the entries of really occluded faces, which all belong to the test split. ``duplicates``
    are groups of ids of faces that are one photograph. An entry that shares a photograph or a person with a
    test entry, or is its duplicate, becomes a test entry, occluders too. This is repeated for the photographs
    and persons of the entries that were moved. Excluded entries stay excluded and link nothing. ``withdrawn``
    entries, which the bank lacks, bind as if they were there, so that no other entry changes its split.
    """
    groups = name_groups(duplicates)
    having: dict[SourceName, list[int]] = defaultdict(list)
    binding = (*entries, *withdrawn)
    for at, entry in enumerate(binding):
        if entry.split != "excluded":
            for name in names_of(entry, groups):
                having[name].append(at)
    waiting = sorted(
        {
            *(name for entry in evaluated for name in names_of(entry)),
            *(name for entry in binding if entry.split == "test" for name in names_of(entry, groups)),
        }
    )
    excluded_by_split = set(waiting)
    while waiting:
        for at in having[waiting.pop()]:
            fresh = names_of(binding[at], groups) - excluded_by_split
            excluded_by_split |= fresh
            waiting += sorted(fresh)
    moved = [
        entry.split == "train" and not names_of(entry, groups).isdisjoint(excluded_by_split)
        for entry in entries
    ]
    final = [
        replace(entry, split="test") if move else entry for entry, move in zip(entries, moved, strict=True)
    ]
    return final, sum(moved)


def name_groups(duplicates: Iterable[Collection[str]]) -> dict[str, str]:
    """The name of each face's group, its smallest id, by face id."""
    return {face: min(group) for group in duplicates for face in group}


def names_of(entry: Entry, groups: Mapping[str, str] = MappingProxyType({})) -> frozenset[SourceName]:
    """Photograph, person and duplicates (by ``name_groups``) of an entry, without unknown ones."""
    group = groups.get(entry.id, "") if entry.kind == FACE else ""
    known = (("photo", entry.photo), ("person", entry.person or ""), ("duplicates", group))
    return frozenset(name for name in known if name[1])


def held_out_names(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """Names by kind that only the test split has: classes of objects and textures, persons of hands.

    Names are sorted. Entries of unknown class or person are left out. ``bank.json`` holds the result.
    """
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        if name := class_of(entry):
            sides[entry.kind, name].add(entry.split)
    held = sorted(key for key, splits in sides.items() if "test" in splits and "train" not in splits)
    return {pool: [name for kind, name in held if kind == pool] for pool in POOLS}


def class_of(entry: Entry) -> str:
    """The category or person by which an occluder is held out; "" if it is unknown, and for faces."""
    if entry.kind == FACE:
        return ""
    return str(getattr(entry, POOLS[entry.kind].held_out_by) or "")
