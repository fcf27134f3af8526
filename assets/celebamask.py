"""CelebAMask-HQ as it is unpacked: photographs and one mask file for each part that is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from assets.corrected import check_corrected, corrected_masks
from assets.folders import order, pictures_in
from assets.naming import id_of, is_number, normal
from assets.problems import Problem, Report
from assets.records import RawFace
from assets.sidecar import Sidecar
from natocc.policy import PARTS

FOLDER, IMAGES, MASKS = "CelebAMask-HQ", "CelebA-HQ-img", "CelebAMask-HQ-mask-anno"
LICENCE = "CelebAMask-HQ: non-commercial research only, no redistribution of the photographs"


def check_faces(raw: Path) -> None:
    """Raise FileNotFoundError where the folder is not laid out as the download is, saying what is there."""
    folder = raw / FOLDER
    if not (folder / IMAGES).is_dir():
        raise FileNotFoundError(_misplaced(raw))
    if not (folder / MASKS).is_dir():
        raise FileNotFoundError(f"{raw}: expected {FOLDER}/{MASKS} in it, got {FOLDER}/{IMAGES} alone")
    if not any(path.is_file() for path in (folder / IMAGES).iterdir()):
        raise FileNotFoundError(f"{raw}: expected photographs in {FOLDER}/{IMAGES}, got an empty folder")
    check_corrected(raw, FOLDER)


def read_faces(raw: Path, report: Report) -> Iterator[RawFace]:
    """Yield faces in order of their file names, with their corrected masks where there are any.

    A face without any part file and a mask without a photograph are Problems.

    Raises FileNotFoundError where the folder is not laid out as the download is.
    """
    check_faces(raw)
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    parts = _parts_by_stem(folder / MASKS, raw, report)
    corrected = corrected_masks(raw, report)
    used, ids = set(), set()
    for image in pictures_in(folder / IMAGES, raw, report):
        used.add(_stem(image.stem))
        ids.add(face_id := id_of(image.stem))
        found = parts.get(_stem(image.stem))
        if not found:
            where = image.relative_to(raw).as_posix()
            expected = f"part masks {MASKS}/*/{_prefix(image.stem)}_skin.png and others"
            report(Problem(path=where, expected=expected, got="no part file"))
            continue
        said = aside.of(f"{IMAGES}/{image.name}")
        yield RawFace(
            id=face_id,
            image=image,
            parts=dict(sorted(found.items())),
            origin=said.origin(FOLDER, LICENCE),
            landmarks=said.landmarks,
            corrected=corrected.get(face_id, ()),
        )
    for stem, found in sorted(parts.items()):
        if stem not in used:
            where = next(iter(found.values())).relative_to(raw).as_posix()
            report(Problem(path=where, expected=f"a photograph {IMAGES}/{stem}.jpg", got="no such file"))
    for mask in (path for face_id, paths in corrected.items() if face_id not in ids for path in paths):
        expected = f"a photograph {IMAGES}/{mask.stem}.jpg"
        report(Problem(path=mask.relative_to(raw).as_posix(), expected=expected, got="no such file"))


def _parts_by_stem(folder: Path, raw: Path, report: Report) -> dict[str, dict[str, Path]]:
    """Part files by the photograph's stem, from the numbered folders and from beside them."""
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    inner = [path for path in sorted(folder.iterdir(), key=order) if path.is_dir()]
    for path in (one for place in (folder, *inner) for one in sorted(place.iterdir(), key=order)):
        if path.suffix.lower() != ".png" or path.name.startswith("."):
            continue
        where = path.relative_to(raw).as_posix()
        # No part's name with its underscore ends another's, so that at most one fits.
        part = next((name for name in PARTS if path.stem.endswith(f"_{name}")), None)
        if part is None:
            expected = "a name that ends in a part (…_skin.png)"
            report(Problem(path=where, expected=expected, got="another name"))
            continue
        mine = found[_stem(path.stem.removesuffix(f"_{part}"))]
        if part in mine:
            first = mine[part].relative_to(raw).as_posix()
            report(Problem(path=where, expected="one file a part", got=f"a second one beside {first}"))
            continue
        mine[part] = path
    return found


def _stem(stem: str) -> str:
    """Numbers are compared as numbers: photographs are unpadded, masks padded."""
    return str(int(stem)) if is_number(stem) else normal(stem)


def _prefix(stem: str) -> str:
    return f"{int(stem):05d}" if is_number(stem) else stem


def _misplaced(raw: Path) -> str:
    """What was found instead, and what to give."""
    if raw.name == IMAGES or (raw / IMAGES).is_dir():
        inner = IMAGES if raw.name == IMAGES else FOLDER
        above = raw.absolute().parents[1 if raw.name == IMAGES else 0]
        return f"{raw}: expected a folder that holds {FOLDER}, got {inner} itself; give {above}"
    below = sorted(path.parent.parent for path in raw.glob(f"*/{FOLDER}/{IMAGES}"))
    if below:
        return f"{raw}: expected {FOLDER} in it, found it one level deeper; give {below[0]}"
    return f"{raw}: expected {FOLDER}/{IMAGES} in it, got no such folder; see docs/raw-data.md"
