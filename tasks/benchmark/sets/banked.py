"""Test sets of a bank: really occluded faces, and the test faces that nothing hides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from assets.bank.reader import METADATA, Bank, Entry
from natocc.document import MissingDocument
from shards import storage
from shards.tar import iterate
from tasks.benchmark.sets.labels import decode_picture
from tasks.benchmark.sets.picture import PictureFacts, TestPicture, TestSet, fingerprint_of, missing_set

UNOCCLUDED = "WO-Test"
# Voo et al.'s part of the faces with an occlusion.
_OCCLUDED = "O"
_FACE_MEMBERS = ("jpg", "mask.png", "parsing.png")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealFaces:
    """Really occluded faces: their dataset in the bank, the policy of their masks, their place below RAW."""

    dataset: str
    policy: str
    folder: str


REAL_FACES = {
    "RealOcc": RealFaces(dataset="RealOcc", policy="voo", folder="RealOcc"),
    "RealOcc-Wild": RealFaces(dataset="RealOcc-Wild", policy="voo", folder="RealOcc-Wild"),
    "COFW-507": RealFaces(dataset="COFW", policy="faceocc", folder="FaceOcc/COFW_test"),
}


def open_banked(name: str, bank_url: str | None) -> TestSet:
    """Open one of ``REAL_FACES``, or ``UNOCCLUDED``, by its name; missing without a bank or such faces.

    Raises BadDocument and BadBank for a damaged bank, ValueError for a face with damaged metadata.
    """
    real = REAL_FACES.get(name)
    policy = "" if real is None else real.policy
    if bank_url is None:
        return missing_set(name, policy, "expected a bank with its faces, got none; give --bank")
    try:
        bank = Bank(bank_url)
    except MissingDocument as error:
        return missing_set(name, policy, str(error))
    return _open_unoccluded(name, bank) if real is None else _open_real(name, real, bank)


def _open_real(name: str, real: RealFaces, bank: Bank) -> TestSet:
    datasets = bank.index.get("evaluation", {}).get("datasets", {})
    described = datasets.get(real.dataset, {})
    file = described.get("file") or ""
    if not file or not described.get("faces"):
        why = (
            f"{bank.url}: expected faces of {real.dataset}, got none; put the dataset into {real.folder} of "
            "the raw folder (docs/raw-data.md) and run natocc prepare again"
        )
        return missing_set(name, real.policy, why)
    where = storage.join(bank.url, file)
    members = {key: found.get(METADATA) for key, found in iterate(bank.read_file(file))}
    metadata = {key: _parsed(data, f"{where}: {key}.{METADATA}") for key, data in members.items()}
    facts = tuple(_real_facts(key, said) for key, said in metadata.items())
    licences = {str(said.get("licence") or described.get("licence") or "") for said in metadata.values()}
    return TestSet(
        name=name,
        policy=real.policy,
        facts=facts,
        read=partial(_read_real, bank, file, facts),
        licences=tuple(sorted(licences - {""})),
        fingerprint=fingerprint_of(name, (bank.index["files"][file], *members)),
    )


def _parsed(data: bytes | None, where: str) -> dict[str, Any]:
    try:
        said = {} if data is None else json.loads(data)
    except ValueError as error:
        raise ValueError(
            f"{where}: expected a JSON object, got other text; prepare the bank again"
        ) from error
    return said if isinstance(said, dict) else {}


def _real_facts(key: str, said: dict[str, Any]) -> PictureFacts:
    source, person, photo = (str(said.get(name) or "") for name in ("source", "person", "photo"))
    return PictureFacts(key=key, source=source, person=person, photo=photo)


def _read_real(bank: Bank, file: str, facts: tuple[PictureFacts, ...]) -> Iterator[TestPicture]:
    where = storage.join(bank.url, file)
    for (key, members), known in zip(iterate(bank.read_file(file)), facts, strict=True):
        yield decode_picture(known, members, f"{where}: {key}")


def _open_unoccluded(name: str, bank: Bank) -> TestSet:
    policy = str(bank.index.get("policy") or "")
    faces = [one for one in bank.entries("face") if one.split == "test" and one.subset != _OCCLUDED]
    if not faces:
        why = (
            f"{bank.url}: expected faces of the split test without occlusion, got none; prepare a bank with "
            "test faces (docs/raw-data.md)"
        )
        return missing_set(name, policy, why)
    return TestSet(
        name=name,
        policy=policy,
        facts=tuple(_facts_of(face) for face in faces),
        read=partial(_read_unoccluded, bank, tuple(faces)),
        licences=tuple(sorted({face.licence for face in faces} - {""})),
        fingerprint=fingerprint_of(name, (f"{face.id} {face.sha256}" for face in faces)),
    )


def _facts_of(face: Entry) -> PictureFacts:
    return PictureFacts(
        key=face.id,
        occluder="none",
        hidden=0.0,
        source=face.source,
        person=face.person or "",
        photo=face.photo,
    )


def _read_unoccluded(bank: Bank, faces: tuple[Entry, ...]) -> Iterator[TestPicture]:
    for face in faces:
        where = f"{storage.join(bank.url, face.shard)}: {face.id}"
        yield decode_picture(_facts_of(face), bank.read(face, _FACE_MEMBERS), where)
