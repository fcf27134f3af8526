"""Nothing of a test face's photograph or person is trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from assets.bank import Entry
from assets.records import Origin, RawFace, RawOccludedFace

# ("photo", sha256) or ("person", name): names of the two kinds are never mixed up.
Name = tuple[str, str]


def test_names(
    faces: Iterable[RawFace],
    occluded: Iterable[RawOccludedFace],
    photo_of: Callable[[RawFace | RawOccludedFace], str],
) -> frozenset[Name]:
    """Photographs and persons of all test faces: those said to be, the really occluded, and, since a
    face that is moved to test brings its own person and photograph along, those linked to them.

    ``photo_of`` gives the sha256 of a face's photograph. Excluded faces link nothing.
    """
    occluded_names = (_names(face.origin, photo_of(face)) for face in occluded)
    sets = [(_names(one.origin, photo_of(one)), one.origin.split) for one in faces]
    tested = (names for names, split in sets if split == "test")
    barred = set(chain.from_iterable(chain(occluded_names, tested)))
    linked = [names for names, split in sets if split in ("train", None) and len(names) > 1]
    grew = True
    while grew:
        grew = False
        for names in linked:
            if not names.isdisjoint(barred) and not names <= barred:
                barred |= names
                grew = True
    return frozenset(barred)


def split_of(entry: Entry, barred: frozenset[Name]) -> str:
    """``test`` for a training entry whose photograph or person is barred, else its own split."""
    names = {("photo", entry.photo), ("person", entry.person or "")}
    return "test" if entry.split == "train" and not names.isdisjoint(barred) else entry.split


def _names(origin: Origin, photo: str) -> frozenset[Name]:
    person = {("person", origin.person)} if origin.person else set()
    return frozenset({("photo", photo)} | person)
