"""RealOcc: really occluded faces with masks of what is visible; for testing, never composited on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.folders import PICTURES, first_folder, pictures_in
from assets.naming import id_of, normal
from assets.problems import Problem, Report
from assets.records import RawOccludedFace
from assets.sidecar import Sidecar

FOLDER = "RealOcc"
LICENCE = "RealOcc: no licence stated"


def read_occluded_faces(raw: Path, report: Report) -> Iterator[RawOccludedFace]:
    """Yield the faces of ``split/val.txt``, in its order; without the list, all by name.

    Photographs lie in ``image``, ``img`` or ``images``, masks in ``mask`` or ``masks``.
    """
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    pictures, masks = first_folder(folder, "image", "img", "images"), first_folder(folder, "mask", "masks")
    if pictures is None or masks is None:
        missing = "image" if pictures is None else "mask"
        report(Problem(path=f"{FOLDER}/{missing}", expected="a folder of pictures", got="no such folder"))
        return
    images = {normal(path.stem): path for path in pictures_in(pictures, raw, report)}
    by_stem = {normal(path.stem): path for path in sorted(masks.iterdir()) if path.suffix.lower() == ".png"}
    for stem in _listed(folder / "split" / "val.txt", raw, report) or [*images]:
        image, mask = images.get(stem), by_stem.get(stem)
        if image is None:
            where, expected = f"{FOLDER}/{pictures.name}/{stem}.jpg", "the picture that split/val.txt names"
            report(Problem(path=where, expected=expected, got="no such file"))
            continue
        if mask is None:
            expected = f"a mask {FOLDER}/{masks.name}/{stem}.png"
            report(Problem(path=image.relative_to(raw).as_posix(), expected=expected, got="no such file"))
            continue
        said = aside.of(f"{pictures.name}/{image.name}")
        yield RawOccludedFace(id=id_of(stem), image=image, mask=mask, origin=said.origin(FOLDER, LICENCE))


def _listed(path: Path, raw: Path, report: Report) -> list[str]:
    """Stems of the list; none where there is no list, or none that can be used."""
    if not path.is_file():
        return []
    try:
        lines = [normal(line.strip()) for line in path.read_text(encoding="utf-8-sig").splitlines()]
        got = "an empty list; all pictures are taken"
    except UnicodeDecodeError as error:
        lines, got = [], f"{error}; all pictures are taken"
    stems = [_stem(line) for line in lines if line]
    if not stems:
        where = path.relative_to(raw).as_posix()
        report(Problem(path=where, expected="one name a line", got=got, action="converted"))
    return stems


def _stem(name: str) -> str:
    suffix = Path(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in PICTURES else name
