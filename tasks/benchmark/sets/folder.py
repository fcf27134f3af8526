"""A test set of one's own: a folder of pictures and masks, as RealOcc has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from assets.datasets.realocc import (
    OCCLUDED_MASKS,
    OCCLUDED_PICTURES,
    OccludedSource,
    read_occluded_faces,
)
from assets.pictures.mask import read_mask
from assets.pictures.photograph import read_image
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import by_stem, first_folder, relative
from assets.reading.masks.choose import choose_masks
from assets.reading.naming import normal
from assets.records import RawOccludedFace
from assets.wording import count_of
from natocc.files.read import hash_file
from natocc.geometry import Image
from shards import storage
from shards.storage import sha256_bytes
from tasks.benchmark.sets.picture import PictureFacts, TestPicture, TestSet, fingerprint_of, missing_set
from tasks.prepare.entry import read_from
from tasks.prepare.faces.evaluation import read_visible_face

GLASSES = "glasses"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """A picture with its mask and the mask of its glasses, and the hashes of the three files."""

    face: RawOccludedFace
    glasses: Path | None
    hashes: tuple[str, ...]
    facts: PictureFacts


def open_folder(name: str, folder: str, report: ReportProblem) -> TestSet:
    """Open the pictures of ``img`` (or ``image``) with the masks of ``mask``, as ``name``.

    Masks of the same names in ``glasses`` say where label policies differ. ``natocc.csv`` beside them gives
    person, photo and licence; rows of the split train or excluded leave their picture out. Every file is read
    once, so that faults show before a training; what was converted is reported.

    Raises BadInput that counts the faults and names the first: a picture without a mask, other sizes, soft or
    inverted masks, damaged files.
    """
    place = storage.local_path(folder)
    if place is None:
        raise ValueError(f"{name}: expected a local folder, got {folder}; copy it")
    place = place.absolute()
    if first_folder(place, *OCCLUDED_PICTURES) is None or first_folder(place, *OCCLUDED_MASKS) is None:
        why = (
            f"{folder}: expected the folders img and mask in it, got {storage.describe_content(folder)}; "
            "give the folder that holds both (docs/own-test-set.md)"
        )
        return missing_set(name, "", why)
    problems: list[Problem] = []
    files = _checked(tuple(_files_of(name, place, problems.append)), place.parent, problems.append)
    faults = [problem for problem in problems if problem.action == "refused"]
    if faults:
        more = "" if len(faults) == 1 else f" ({count_of(len(faults), 'faults')}, this is the first)"
        raise BadInput(faults[0].expected, f"{faults[0].got}{more}", f"{name}: {faults[0].path}")
    for problem in problems:
        report(problem)
    if not files:
        return missing_set(name, "", f"{folder}: expected pictures to test on, got none; put some into img")
    return TestSet(
        name=name,
        policy="",
        facts=tuple(one.facts for one in files),
        read=partial(_read, files, place.parent),
        licences=tuple(sorted({one.face.origin.licence for one in files} - {""})),
        fingerprint=fingerprint_of(name, (" ".join((one.facts.key, *one.hashes)) for one in files)),
    )


def _files_of(name: str, place: Path, report: ReportProblem) -> Iterator[_Files]:
    raw = place.parent
    source = OccludedSource(name=name, dataset=name, folder=place.name, licence="")
    faces = list(read_occluded_faces(raw, report, source))
    glasses: dict[str, Path] = {}
    if (place / GLASSES).is_dir():
        images = by_stem([face.image for face in faces], raw, report)
        glasses = choose_masks(images, place / GLASSES, raw, report).taken
    for face in faces:
        where = relative(face.image, raw)
        if face.origin.split in ("train", "excluded"):
            got = f"the split {face.origin.split} in natocc.csv; it is left out"
            report(Problem(path=where, expected="a picture to test on", got=got, action="noted"))
            continue
        beside = glasses.get(normal(face.image.stem))
        paths = (face.image, face.mask, *([beside] if beside else []))
        hashes = tuple(hash_file(path) for path in paths)
        facts = PictureFacts(
            key=normal(face.image.stem),
            source=where,
            person=face.origin.person or "",
            photo=face.origin.photo or hashes[0],
        )
        yield _Files(face=face, glasses=beside, hashes=hashes, facts=facts)


def _checked(files: tuple[_Files, ...], raw: Path, report: ReportProblem) -> tuple[_Files, ...]:
    """The files, each read once, with what that shows reported."""
    for one in files:
        try:
            _decode(one, raw, report)
        except BadInput as error:
            report(error.problem(one.facts.source))
    return files


def _read(files: tuple[_Files, ...], raw: Path) -> Iterator[TestPicture]:
    for one in files:
        yield _decode(one, raw, lambda problem: None)


def _decode(one: _Files, raw: Path, report: ReportProblem) -> TestPicture:
    picture = read_from(read_image, one.face.image, raw)
    if sha256_bytes(picture.data) != one.hashes[0]:
        raise BadInput("the picture that was there before", "another one since", one.facts.source)
    if hash_file(one.face.mask) != one.hashes[1]:
        raise BadInput("the mask that was there before", "another one since", relative(one.face.mask, raw))
    mask, problems = read_visible_face(one.face, picture, raw)
    for problem in problems:
        report(problem)
    return TestPicture(
        facts=one.facts,
        image=picture.rgb,
        mask=(mask > 0).view(np.uint8),
        disputed=None if one.glasses is None else _glasses(one.glasses, mask, raw),
    )


def _glasses(path: Path, mask: Image, raw: Path) -> Image:
    found, _ = read_from(read_mask, path, raw)
    if found.shape != mask.shape:
        expected = f"a mask of its photograph's size {mask.shape[1]}x{mask.shape[0]}"
        raise BadInput(expected, f"{found.shape[1]}x{found.shape[0]}", relative(path, raw))
    return np.asarray(found > 0).view(np.uint8)
