"""COFW's 500 training faces of its own, as they are and aligned, with a user's masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from assets.datasets.cofw.eyes_mouth import eyes_and_mouth
from assets.datasets.cofw.genuine import (
    COFW_ALIGNED,
    COFW_MASKS,
    GENUINE_FACES,
    MaskedFace,
    aligned_list,
    masks_folder,
    read_aligned_rows,
    read_masked_faces,
)
from assets.datasets.cofw.reader import COFW_FOLDERS, COFW_LICENCE, check_cofw, cofw_files, read_pixels
from assets.pictures.mask import read_mask
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import relative
from natocc.files.read import hash_file
from natocc.resize.face_crop import crop_mask, crop_matrix, crop_picture
from shards.storage import sha256_bytes
from tasks.benchmark.sets.picture import PictureFacts, TestPicture, TestSet, fingerprint_of, missing_set
from tasks.prepare.entry import read_from
from tasks.prepare.faces.evaluation import check_visible_face

COFW_500, COFW_400 = "COFW-500", "COFW-400"
ALIGNED_SIDE = 1024
_TRAINING = "COFW_train_color.mat"
_ALIGNED_FACES = 400
# Voo et al. changed the masks of Ghiasi and Fowlkes to their own definition.
_POLICY = "voo"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A face and its mask, which were read once; ``photo`` is the hash of its pixels."""

    masked: MaskedFace
    facts: PictureFacts
    mask_sha256: str


def open_cofw(name: str, raw: Path | None, report: ReportProblem) -> TestSet:
    """Open ``COFW_500`` or ``COFW_400`` from the file of COFW and the masks beside it.

    The second has the faces of the user's list, aligned as FFHQ to ``ALIGNED_SIDE`` by their own points.
    Without file, masks, list or h5py it is missing. Each face is read once. Raises BadInput, which names the
    file, for what is damaged or does not fit.
    """
    lacking = _lacking(name, raw)
    if raw is None or lacking:
        return missing_set(name, _POLICY, lacking)
    problems: list[Problem] = []
    faces = list(read_masked_faces(raw, problems.append))
    faults = [problem for problem in problems if problem.action == "refused" and _TRAINING in problem.path]
    if not faces and faults:
        raise BadInput(faults[0].expected, faults[0].got, faults[0].path)
    expected, chosen = GENUINE_FACES, tuple(faces)
    if name == COFW_400:
        expected, chosen = _ALIGNED_FACES, tuple(_listed(faces, raw))
    checked = tuple(_check(one, raw, problems.append) for one in chosen)
    if len(checked) != expected:
        where = COFW_ALIGNED if name == COFW_400 else COFW_MASKS
        text = f"{expected} faces, as published"
        problems.append(Problem(path=where, expected=text, got=str(len(checked)), action="noted"))
    for problem in problems:
        report(problem)
    return TestSet(
        name=name,
        policy=_POLICY,
        facts=tuple(one.facts for one in checked),
        read=partial(_read, checked, raw, aligned=name == COFW_400),
        licences=(COFW_LICENCE,),
        fingerprint=fingerprint_of(
            name, (f"{one.facts.key} {one.facts.photo} {one.mask_sha256}" for one in checked)
        ),
    )


def _lacking(name: str, raw: Path | None) -> str:
    """Why the set is missing; "" if it is there."""
    if raw is None:
        return "expected a raw folder with COFW in it, got none; give --raw"
    folder = COFW_FOLDERS[0]
    if not any(path.name == _TRAINING for path in cofw_files(raw)):
        return (
            f"{raw}: expected {folder}/{_TRAINING}, got none; unpack COFW_color.zip there (docs/raw-data.md)"
        )
    if masks_folder(raw) is None:
        return (
            f"{raw}: expected masks of COFW's {GENUINE_FACES} faces in {folder}/{COFW_MASKS}, got no such "
            "folder; ask the authors for them, and name each by its row of IsTr (docs/benchmark.md)"
        )
    if name == COFW_400 and aligned_list(raw) is None:
        return (
            f"{raw}: expected the list of the {_ALIGNED_FACES} faces in {folder}/{COFW_ALIGNED}, got none; "
            "the paper does not say which they are, so write one of your own (docs/benchmark.md)"
        )
    try:
        check_cofw(raw)
    except ValueError as error:
        return str(error)
    return ""


def _listed(faces: Sequence[MaskedFace], raw: Path) -> Iterator[MaskedFace]:
    path = aligned_list(raw)
    if path is not None:
        by_row = {one.face.index: one for one in faces}
        yield from (by_row[row] for row in read_aligned_rows(path, raw, by_row))


def _check(masked: MaskedFace, raw: Path, report: ReportProblem) -> _Checked:
    facts = PictureFacts(key=masked.face.id)
    picture = _decode(masked, facts, raw, report)
    where = f"{relative(masked.face.file, raw)} image {masked.face.index}"
    facts = PictureFacts(
        key=masked.face.id, source=where, photo=sha256_bytes(np.ascontiguousarray(picture.image).tobytes())
    )
    return _Checked(masked=masked, facts=facts, mask_sha256=hash_file(masked.mask))


def _read(checked: Sequence[_Checked], raw: Path, *, aligned: bool) -> Iterator[TestPicture]:
    for one in checked:
        mask = one.masked.mask
        if hash_file(mask) != one.mask_sha256:
            raise BadInput("the mask that was there before", "another one since", relative(mask, raw))
        picture = _decode(one.masked, one.facts, raw, lambda problem: None)
        yield _aligned(picture, one.masked) if aligned else picture


def _decode(masked: MaskedFace, facts: PictureFacts, raw: Path, report: ReportProblem) -> TestPicture:
    try:
        image = read_pixels(masked.face)
    except BadInput as error:
        where = f"{relative(masked.face.file, raw)} image {masked.face.index}"
        raise BadInput(error.expected, error.got, where) from error
    mask, notes = read_from(read_mask, masked.mask, raw)
    for problem in check_visible_face(mask, notes, masked.mask, image, raw):
        report(problem)
    return TestPicture(facts=facts, image=image, mask=(mask > 0).view(np.uint8))


def _aligned(picture: TestPicture, masked: MaskedFace) -> TestPicture:
    matrix = crop_matrix(eyes_and_mouth(masked.face), ALIGNED_SIDE)
    return TestPicture(
        facts=picture.facts,
        image=crop_picture(picture.image, matrix, ALIGNED_SIDE),
        mask=crop_mask(picture.mask, matrix, ALIGNED_SIDE),
    )
