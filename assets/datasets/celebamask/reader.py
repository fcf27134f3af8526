"""CelebAMask-HQ as it is unpacked: photographs and one mask file for each part that is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.datasets.celebamask.parts import PartFiles
from assets.datasets.faceocc.reader import occlusions, was_examined
from assets.face_metadata.corrected_masks import FOLDER as CORRECTED
from assets.face_metadata.corrected_masks import check_corrected, corrected_masks
from assets.face_metadata.origin import FOLDER, IMAGES, LICENCE, FaceOrigins
from assets.face_metadata.partition import partition_of
from assets.face_metadata.provenance import corrections_of
from assets.problems import Problem, Report
from assets.reading.folders import picture_names
from assets.reading.naming import id_of
from assets.records import RawFace
from natocc.file_names import is_number

__all__ = ["FOLDER", "IMAGES", "LICENCE", "MASKS", "check_faces", "read_faces"]

MASKS = "CelebAMask-HQ-mask-anno"


def check_faces(raw: Path) -> None:
    """Raise FileNotFoundError where the folder is not laid out as the download is, saying what is there.

    Raises ValueError where a list of the partition can't be read.
    """
    folder = raw / FOLDER
    if not (folder / IMAGES).is_dir():
        raise FileNotFoundError(_misplaced(raw))
    if not (folder / MASKS).is_dir():
        raise FileNotFoundError(f"{raw}: expected {FOLDER}/{MASKS} in it, got {FOLDER}/{IMAGES} alone")
    if not any(path.is_file() for path in (folder / IMAGES).iterdir()):
        raise FileNotFoundError(f"{raw}: expected photographs in {FOLDER}/{IMAGES}, got an empty folder")
    check_corrected(raw, FOLDER)
    partition_of(raw, lambda problem: None)


def read_faces(raw: Path, report: Report) -> Iterator[RawFace]:
    """Yield faces in order of their file names, with corrected masks, part, and what the tables say of them.

    A face without any part file and a mask without a photograph are Problems. Memory does not grow with
    the part files; photographs' names and rows of the tables are held.

    Raises FileNotFoundError where the folder is not laid out as the download is.
    """
    check_faces(raw)
    folder = raw / FOLDER
    faces = FaceOrigins(raw, report)
    parts = PartFiles(folder / MASKS, IMAGES, raw, report)
    corrected = corrected_masks(raw, report)
    reviews = corrections_of(raw, raw / CORRECTED, corrected, report)
    over = occlusions(raw, report)
    for name in picture_names(folder / IMAGES, raw, report):
        image = folder / IMAGES / name
        face_id, known, found = id_of(image.stem), faces.of(name), parts.of(image.stem)
        masks = corrected.pop(face_id, ())
        if not found:
            where = image.relative_to(raw).as_posix()
            expected = f"part masks {MASKS}/*/{_prefix(image.stem)}_skin.png and others"
            report(Problem(path=where, expected=expected, got="no part file"))
            continue
        yield RawFace(
            id=face_id,
            image=image,
            parts=found,
            origin=known.origin,
            landmarks=known.landmarks,
            corrected=masks,
            review=reviews.get(face_id, {}),
            facts=known.facts,
            occlusion=over.get(face_id),
            examined=was_examined(image.stem, over),
        )
    parts.finish()
    faces.finish()
    for mask in (path for paths in corrected.values() for path in paths):
        expected = f"a photograph {IMAGES}/{mask.stem}.jpg"
        report(Problem(path=mask.relative_to(raw).as_posix(), expected=expected, got="no such file"))


def _prefix(stem: str) -> str:
    return f"{int(stem):05d}" if is_number(stem) else stem


def _misplaced(raw: Path) -> str:
    """What was found instead, and what to give."""
    if raw.name == IMAGES or (raw / IMAGES).is_dir():
        inner = IMAGES if raw.name == IMAGES else FOLDER
        place = raw.absolute().parent if raw.name == IMAGES else raw.absolute()
        if place.name == FOLDER:
            return f"{raw}: expected a folder that holds {FOLDER}, got {inner} itself; give {place.parent}"
        advice = f"move {IMAGES} and {MASKS} into {place / FOLDER} and give {place}"
        return f"{raw}: expected a folder that holds {FOLDER}, got what belongs into it; {advice}"
    below = sorted(path.parent.parent for path in raw.glob(f"*/{FOLDER}/{IMAGES}"))
    if below:
        return f"{raw}: expected {FOLDER} in it, found it one level deeper; give {below[0]}"
    return f"{raw}: expected {FOLDER}/{IMAGES} in it, got no such folder; see docs/raw-data.md"
