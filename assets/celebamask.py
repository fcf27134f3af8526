"""CelebAMask-HQ as it is unpacked: photographs and one mask file for each part that is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from assets.naming import id_of, normal
from assets.problems import Problem, Report
from assets.records import RawFace
from assets.sidecar import Sidecar
from natocc.policy import PARTS

FOLDER, IMAGES, MASKS = "CelebAMask-HQ", "CelebA-HQ-img", "CelebAMask-HQ-mask-anno"
LICENCE = "CelebAMask-HQ: non-commercial research only, no redistribution of the photographs"
_PICTURES = {".jpg", ".jpeg", ".png"}


def read_faces(raw: Path, report: Report) -> Iterator[RawFace]:
    """Yield faces in order of their file names; a face without any part file is a Problem.

    Raises FileNotFoundError where the folder is not laid out as the download is.
    """
    folder = raw / FOLDER
    if not (folder / IMAGES).is_dir():
        raise FileNotFoundError(_misplaced(raw))
    aside = Sidecar(folder, raw, report)
    parts = _parts_by_stem(folder / MASKS, raw, report)
    for image in sorted((folder / IMAGES).iterdir(), key=_order):
        where = image.relative_to(raw).as_posix()
        if image.suffix.lower() not in _PICTURES:
            report(
                Problem(
                    path=where, expected=f"a picture ({', '.join(sorted(_PICTURES))})", got="another file"
                )
            )
            continue
        found = parts.pop(_stem(image.stem), {})
        if not found:
            expected = f"part masks {MASKS}/*/{_prefix(image.stem)}_skin.png and others"
            report(Problem(path=where, expected=expected, got="no part file"))
            continue
        said = aside.of(f"{IMAGES}/{image.name}")
        yield RawFace(
            id=id_of(image.stem),
            image=image,
            parts=dict(sorted(found.items())),
            origin=said.origin(FOLDER, LICENCE),
            landmarks=said.landmarks,
        )
    for stem, found in sorted(parts.items()):
        where = next(iter(found.values())).relative_to(raw).as_posix()
        report(Problem(path=where, expected=f"a photograph {IMAGES}/{stem}.jpg", got="no such file"))


def _parts_by_stem(folder: Path, raw: Path, report: Report) -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in sorted(folder.glob("*/*.png")):
        # The longest name first: "x_l_eye" ends in no other part's name, but "x_ear_r" could be misread.
        part = next(
            (name for name in sorted(PARTS, key=len, reverse=True) if path.stem.endswith(f"_{name}")), None
        )
        if part is None:
            where = path.relative_to(raw).as_posix()
            report(
                Problem(path=where, expected="a name that ends in a part (…_skin.png)", got="another name")
            )
            continue
        found[_stem(path.stem.removesuffix(f"_{part}"))][part] = path
    return found


def _stem(stem: str) -> str:
    """Numbers are compared as numbers: photographs are unpadded, masks padded."""
    return str(int(stem)) if stem.isascii() and stem.isdigit() else normal(stem)


def _prefix(stem: str) -> str:
    return f"{int(stem):05d}" if stem.isascii() and stem.isdigit() else stem


def _order(path: Path) -> tuple[bool, int, str]:
    numeric = path.stem.isascii() and path.stem.isdigit()
    return not numeric, int(path.stem) if numeric else 0, path.name


def _misplaced(raw: Path) -> str:
    """What was found instead, and what to give."""
    if (raw / IMAGES).is_dir():
        return f"{raw}: expected a folder that holds {FOLDER}, got {FOLDER} itself; give the folder above it"
    below = sorted(path.parent.parent for path in raw.glob(f"*/{FOLDER}/{IMAGES}"))
    if below:
        return f"{raw}: expected {FOLDER} in it, found it one level deeper; give {below[0]}"
    return f"{raw}: expected {FOLDER}/{IMAGES} in it, got no such folder; see docs/raw-data.md"
