"""Train and test split of the demo pictures by person and by photograph, never by file."""

from __future__ import annotations

from collections import Counter

from assets.demo.catalogue import Catalogue, DemoFace
from shards.storage import sha256_bytes

TEST_SHARE = 0.15
SALT = "natocc-sample/2"


def photo_splits(catalogue: Catalogue) -> dict[str, str]:
    """``train`` or ``test`` for every photograph (by ``Source.photo``) of the catalogue.

    Photographs that share a person, and persons who share a photograph, form one group. A group with a really
    occluded face is ``test``. Other groups are added to ``test`` in the order of the hash of their first
    person, up to 15 % of these groups' persons. About 15 % of the photographs without an annotated face are
    added by their own hash. Pass the whole catalogue, so that a picture has the same split in every tier.
    """
    leader = _leaders(catalogue.faces)
    group = {face.source.photo: leader[face.person] for face in catalogue.faces}
    held_out = {leader[face.person] for face in catalogue.faces if face.group == "occluded"}
    size = Counter(first for first in leader.values() if first not in held_out)
    room = round(TEST_SHARE * size.total())
    for first in sorted(size, key=lambda person: sha256_bytes(f"{SALT}/{person}".encode())):
        if size[first] <= room:
            held_out.add(first)
            room -= size[first]
    photos = {item.source.photo for item in catalogue.items()}
    return {
        photo: "test" if (group[photo] in held_out if photo in group else _drawn(photo)) else "train"
        for photo in sorted(photos)
    }


def _drawn(photo: str) -> bool:
    """Whether a photograph without a face is held out. Its hash selects about one in seven."""
    return int(sha256_bytes(f"{SALT}/{photo}".encode())[:8], 16) < TEST_SHARE * 2**32


def _leaders(faces: tuple[DemoFace, ...]) -> dict[str, str]:
    """For every person, the alphabetically first person of their group (linked by shared photographs)."""
    leader = {face.person: face.person for face in faces}
    first_on: dict[str, str] = {}
    for face in faces:
        one, other = leader[face.person], leader[first_on.setdefault(face.source.photo, face.person)]
        first = min(one, other)
        leader = {person: first if lead in (one, other) else lead for person, lead in leader.items()}
    return leader
