"""CelebAMask-HQ as unpacked: photographs, and one mask file for each part that is present."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.datasets.celebamask.parts import PartFiles
from assets.datasets.faceocc.reader import occlusions, was_examined
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER, check_corrected, corrected_masks
from assets.face_metadata.origin import CELEBAMASK_LICENCE, FaceOrigins
from assets.face_metadata.partition import partition_of
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES
from assets.face_metadata.provenance import corrections_of
from assets.problems import Problem, ReportProblem
from assets.reading.folders import picture_names
from assets.reading.naming import id_of
from assets.records import RawFace
from natocc.files.names import is_number

__all__ = [
    "CELEBAMASK_FOLDER",
    "CELEBAMASK_IMAGES",
    "CELEBAMASK_LICENCE",
    "check_faces",
    "read_faces",
]

_MASKS = "CelebAMask-HQ-mask-anno"
_PHOTOS = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"


def check_faces(raw: Path) -> None:
    """Raise FileNotFoundError if the layout is not that of the download; the message names what was found.

    Raises ValueError if a list of the partition can't be read.
    """
    folder = raw / CELEBAMASK_FOLDER
    if not (folder / CELEBAMASK_IMAGES).is_dir():
        raise FileNotFoundError(_misplaced(raw))
    if not (folder / _MASKS).is_dir():
        raise FileNotFoundError(f"{raw}: expected {CELEBAMASK_FOLDER}/{_MASKS} in it, got {_PHOTOS} alone")
    if not any(path.is_file() for path in (folder / CELEBAMASK_IMAGES).iterdir()):
        raise FileNotFoundError(f"{raw}: expected photographs in {_PHOTOS}, got an empty folder")
    check_corrected(raw, CELEBAMASK_FOLDER)
    partition_of(raw, lambda problem: None)


def read_faces(raw: Path, report: ReportProblem) -> Iterator[RawFace]:
    """Yield faces in order of their file names, with corrected masks, part masks and the tables' metadata.

    A face without any part file and a mask without a photograph are Problems. Memory use does not grow with
    the number of part files. Names of photographs and rows of the tables are held.

    Raises FileNotFoundError if the folder's layout is not that of the download.
    """
    check_faces(raw)
    folder = raw / CELEBAMASK_FOLDER
    faces = FaceOrigins(raw, report)
    parts = PartFiles(folder / _MASKS, CELEBAMASK_IMAGES, raw, report)
    corrected = corrected_masks(raw, report)
    reviews = corrections_of(raw, raw / CORRECTED_FOLDER, corrected, report)
    over = occlusions(raw, report)
    for name in picture_names(folder / CELEBAMASK_IMAGES, raw, report):
        image = folder / CELEBAMASK_IMAGES / name
        face_id, known, found = id_of(image.stem), faces.describe(name), parts.masks_of(image.stem)
        masks = corrected.pop(face_id, ())
        if not found:
            where = image.relative_to(raw).as_posix()
            expected = f"part masks {_MASKS}/*/{_prefix(image.stem)}_skin.png and others"
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
            metadata=known.metadata,
            occlusion=over.get(face_id),
            examined=was_examined(image.stem, over),
        )
    parts.finish()
    faces.finish()
    for mask in (path for paths in corrected.values() for path in paths):
        expected = f"a photograph {CELEBAMASK_IMAGES}/{mask.stem}.jpg"
        report(Problem(path=mask.relative_to(raw).as_posix(), expected=expected, got="no such file"))


def _prefix(stem: str) -> str:
    return f"{int(stem):05d}" if is_number(stem) else stem


def _misplaced(raw: Path) -> str:
    """The layout that was found instead, and how to fix it."""
    expected = f"{raw}: expected a folder that holds {CELEBAMASK_FOLDER}"
    if raw.name == CELEBAMASK_IMAGES or (raw / CELEBAMASK_IMAGES).is_dir():
        inner = CELEBAMASK_IMAGES if raw.name == CELEBAMASK_IMAGES else CELEBAMASK_FOLDER
        place = raw.absolute().parent if raw.name == CELEBAMASK_IMAGES else raw.absolute()
        if place.name == CELEBAMASK_FOLDER:
            return f"{expected}, got {inner} itself; give {place.parent}"
        advice = f"move {CELEBAMASK_IMAGES} and {_MASKS} into {place / CELEBAMASK_FOLDER} and give {place}"
        return f"{expected}, got what belongs into it; {advice}"
    below = sorted(path.parent.parent for path in raw.glob(f"*/{_PHOTOS}"))
    if below:
        return f"{raw}: expected {CELEBAMASK_FOLDER} in it, found it one level deeper; give {below[0]}"
    return f"{raw}: expected {_PHOTOS} in it, got no such folder; see docs/raw-data.md"
