"""Photographs and persons that both a training and a test set have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.bank.reader import Bank
from shards import storage
from tasks.benchmark.sets.picture import PictureFacts, TestSet

if TYPE_CHECKING:
    from tasks.training.segmenter.feed.open import Feed

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPhotograph:
    """A photograph that a training sees: its sha256, its person ("" if not known), and in what."""

    photo: str
    person: str
    where: str


def learnt_by(feed: Feed, bank: Bank | None = None) -> Iterator[UsedPhotograph]:
    """The photographs of the samples that a feed trains and validates on: faces and occluders.

    ``bank`` tells the persons of hands. Pictures of folders are known by their own sha256.
    """
    persons = _persons_in(bank)
    for sample in (*feed.training, *feed.validation):
        data = feed.data[sample.source]
        if data.dataset is None:
            place = storage.join(data.url, "img", sample.key)
            yield UsedPhotograph(photo=storage.sha256_of(place), person=sample.person, where=place)
            continue
        where = f"{data.name} {sample.key}"
        yield UsedPhotograph(photo=sample.photo, person=sample.person, where=where)
        if sample.occluder_photo:
            person = persons.get(sample.occluder_photo, "")
            yield UsedPhotograph(photo=sample.occluder_photo, person=person, where=f"{where} (occluder)")


def drawn_from(bank: Bank, kinds: Iterable[str]) -> Iterator[UsedPhotograph]:
    """The photographs of the training occluders of a bank, of those kinds, as drawn while training."""
    for kind in kinds:
        for entry in bank.entries(kind):
            if entry.split == "train":
                where = f"{bank.url} {kind} {entry.id}"
                yield UsedPhotograph(photo=entry.photo, person=entry.person or "", where=where)


def check_overlap(used: Iterable[UsedPhotograph], sets: Sequence[TestSet]) -> None:
    """Raise ValueError for test pictures with a photograph or a person that a training uses.

    The message lists up to 20 of them. Persons that are not known match nobody; a photograph is of a person
    if any of its pictures says so.
    """
    photos: dict[str, str] = {}
    persons: dict[str, str] = {}
    persons_of: dict[str, str] = {}
    for one in used:
        photos.setdefault(one.photo, one.where)
        if one.person:
            persons.setdefault(one.person, one.where)
            persons_of.setdefault(one.photo, one.person)
    photos.pop("", None)
    persons_of |= {one.photo: one.person for found in sets for one in found.facts if one.photo and one.person}
    shared = [
        f"{found.name} {facts.key} ({why})"
        for found in sets
        for facts in found.facts
        if (why := _shared(facts, photos, persons, persons_of))
    ]
    if shared:
        more = f" and {len(shared) - _SHOWN} more" if len(shared) > _SHOWN else ""
        raise ValueError(
            f"test sets: expected photographs and persons that no training has, got {len(shared)} that one "
            f"has: {'; '.join(shared[:_SHOWN])}{more}; take these pictures out of the training data, or "
            "leave the set out"
        )


def _shared(
    facts: PictureFacts, photos: dict[str, str], persons: dict[str, str], persons_of: dict[str, str]
) -> str:
    """What a test picture shares with the training; "" if nothing."""
    for photo, what in ((facts.photo, "photograph"), (facts.occluder_photo, "photograph of its occluder")):
        if photo and photo in photos:
            return f"{what}, of {photos[photo]}"
    person = facts.person or persons_of.get(facts.photo, "")
    return f"person {person}, of {persons[person]}" if person in persons else ""


def _persons_in(bank: Bank | None) -> dict[str, str]:
    if bank is None:
        return {}
    return {one.photo: one.person for one in bank.entries("hand") if one.photo and one.person}
