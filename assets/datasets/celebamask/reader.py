"""CelebAMask-HQ as unpacked: photographs, and one mask file for each part that is present."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.datasets.celebamask.parts import PartFiles
from assets.datasets.faceocc.reader import occlusions, was_examined
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER, check_corrected, corrected_masks
from assets.face_metadata.defects.tree import defects_of_tree
from assets.face_metadata.origin import CELEBAMASK_LICENCE, FaceOrigins
from assets.face_metadata.partition import partition_of
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES
from assets.face_metadata.provenance import corrections_of
from assets.problems import Problem, ReportProblem
from assets.reading.folders import names_in, picture_names
from assets.reading.locate_folder import find_folder
from assets.reading.masks.choose import refused_with
from assets.reading.naming import id_of
from assets.records import RawFace
from natocc.files.clutter import is_clutter
from natocc.files.names import is_number

__all__ = [
    "CELEBAMASK_FOLDER",
    "CELEBAMASK_IMAGES",
    "CELEBAMASK_LICENCE",
    "CELEBAMASK_MASKS",
    "check_faces",
    "photograph_stems",
    "read_faces",
]

CELEBAMASK_MASKS = "CelebAMask-HQ-mask-anno"
_PHOTOS = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"


def check_faces(raw: Path) -> None:
    """Raise FileNotFoundError if the layout is not that of the download; the message names what was found.

    Raises ValueError if a list of the partition or the table of defects can't be read.
    """
    folder = raw / CELEBAMASK_FOLDER
    if not (folder / CELEBAMASK_IMAGES).is_dir():
        raise FileNotFoundError(_misplaced(raw))
    if not (folder / CELEBAMASK_MASKS).is_dir():
        raise FileNotFoundError(
            f"{raw}: expected {CELEBAMASK_FOLDER}/{CELEBAMASK_MASKS} in it, got {_PHOTOS} alone"
        )
    images = folder / CELEBAMASK_IMAGES
    if not any((images / name).is_file() for name in names_in(images)):
        raise FileNotFoundError(f"{raw}: expected photographs in {_PHOTOS}, got an empty folder")
    check_corrected(raw, CELEBAMASK_FOLDER)
    partition_of(raw, lambda problem: None)
    defects_of_tree(raw)


def read_faces(raw: Path, report: ReportProblem) -> Iterator[RawFace]:
    """Yield faces in order of their file names, with corrected masks, part masks and the tables' metadata.

    A face without any part file is a Problem, and so is one with a mask or a crop that is no picture; masks
    without a photograph are unmatched. Memory use does not grow with the number of part files. Names of
    photographs and rows of the tables are held.

    Raises FileNotFoundError if the folder's layout is not that of the download.
    """
    check_faces(raw)
    folder = raw / CELEBAMASK_FOLDER
    names = picture_names(folder / CELEBAMASK_IMAGES, raw, report)
    stems = [Path(name).stem for name in names]
    faces = FaceOrigins(raw, report)
    parts = PartFiles(folder / CELEBAMASK_MASKS, stems, raw, report)
    corrected = corrected_masks(raw, stems, report)
    reviews = corrections_of(raw, raw / CORRECTED_FOLDER, corrected.masks, report)
    over, unfit_crops = occlusions(raw, stems, report)
    for name in names:
        image = folder / CELEBAMASK_IMAGES / name
        face_id, known, found = id_of(image.stem), faces.describe(name), parts.masks_of(image.stem)
        if not found:
            where = image.relative_to(raw).as_posix()
            expected = f"part masks {CELEBAMASK_MASKS}/*/{_prefix(image.stem)}_skin.png and others"
            report(Problem(path=where, expected=expected, got="no part file"))
            continue
        unfit = corrected.unfit.get(face_id) or parts.unfit_of(image.stem)
        if unfit is None and face_id not in corrected.masks:
            unfit = unfit_crops.get(face_id)
        if unfit is not None:
            report(refused_with(image.relative_to(raw).as_posix(), unfit, raw))
            continue
        yield RawFace(
            id=face_id,
            image=image,
            parts=found,
            origin=known.origin,
            landmarks=known.landmarks,
            corrected=corrected.masks.get(face_id, ()),
            review=reviews.origins.get(face_id, {}),
            edited=face_id in reviews.edited,
            metadata=known.metadata,
            occlusion=over.get(face_id),
            examined=was_examined(image.stem, over),
        )
    parts.finish()
    faces.finish()


def photograph_stems(raw: Path) -> list[str]:
    """The names of all photographs, without their endings."""
    return [Path(name).stem for name in picture_names(raw / _PHOTOS, raw, lambda problem: None)]


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
        moved = f"move {CELEBAMASK_IMAGES} and {CELEBAMASK_MASKS} into {place / CELEBAMASK_FOLDER}"
        return f"{expected}, got what belongs into it; {moved} and give {place}"
    found = raw.glob(f"*/{_PHOTOS}")
    below = sorted(path.parent.parent for path in found if not is_clutter(path.parent.parent.name))
    if below:
        return f"{raw}: expected {CELEBAMASK_FOLDER} in it, found it one level deeper; give {below[0]}"
    near = find_folder(raw, (_PHOTOS,))
    got = f"none; {near.advice}" if near is not None else "no such folder; see docs/raw-data.md"
    return f"{raw}: expected {_PHOTOS} in it, got {got}"
