"""Which pictures may train: by person and by photograph, never by file."""

from __future__ import annotations

from assets.sample.catalogue import Catalogue, Face
from shards.storage import sha256_bytes

TEST_SHARE = 0.15
SALT = "natocc-sample"


def photo_splits(catalogue: Catalogue) -> dict[str, str]:
    """``train`` or ``test`` for every photograph (by ``Source.photo``) of the catalogue.

    Photographs that share a person, and persons who share a photograph, go together. A group with a
    really occluded face is ``test``, and so is each further group whose first person has one of the
    lowest 15 % of hashes among these persons. Photographs without an annotated face are ``train``.
    Ask with the whole catalogue: then a picture has the same split in every tier.
    """
    group = _groups(catalogue.faces)
    held_out = {group[face.source.photo] for face in catalogue.faces if face.group == "occluded"}
    free = {group[face.source.photo] for face in catalogue.faces} - held_out
    ranked = sorted(free, key=lambda name: sha256_bytes(f"{SALT}/{name}".encode()))
    held_out |= set(ranked[: round(TEST_SHARE * len(ranked))])
    return {
        item.source.photo: "test" if group.get(item.source.photo) in held_out else "train"
        for item in catalogue.items()
    }


def _groups(faces: tuple[Face, ...]) -> dict[str, str]:
    """For every photograph with a face, the alphabetically first person of its connected group."""
    leader = {face.person: face.person for face in faces}

    def find(person: str) -> str:
        while leader[person] != person:
            person = leader[person]
        return person

    first: dict[str, str] = {}
    for face in faces:
        one, other = sorted((find(face.person), find(first.setdefault(face.source.photo, face.person))))
        leader[other] = one
    return {photo: find(person) for photo, person in first.items()}
