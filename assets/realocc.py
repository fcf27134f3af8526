"""RealOcc: really occluded faces with masks of what is visible; for testing, never composited on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.naming import id_of
from assets.problems import Problem, Report
from assets.records import RawOccludedFace
from assets.sidecar import Sidecar

FOLDER = "RealOcc"
LICENCE = "RealOcc: no licence stated"


def read_occluded_faces(raw: Path, report: Report) -> Iterator[RawOccludedFace]:
    """Yield the faces of ``split/val.txt``, in its order; without the list, all by name."""
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    images = {path.stem: path for path in sorted((folder / "image").glob("*.jpg"))}
    listed = folder / "split" / "val.txt"
    stems = (
        [line.strip().removesuffix(".jpg") for line in listed.read_text().splitlines() if line.strip()]
        if listed.is_file()
        else [*images]
    )
    for stem in stems:
        image, mask = images.get(stem), folder / "mask" / f"{stem}.png"
        if image is None or not mask.is_file():
            where = f"{FOLDER}/{'image' if image is None else 'mask'}/{stem}"
            report(Problem(path=where, expected="the picture that split/val.txt names", got="no such file"))
            continue
        said = aside.of(f"image/{image.name}")
        yield RawOccludedFace(id=id_of(stem), image=image, mask=mask, origin=said.origin(FOLDER, LICENCE))
