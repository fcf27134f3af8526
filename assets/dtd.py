"""Describable Textures: a folder a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.naming import id_of
from assets.problems import Problem, Report
from assets.records import RawTexture
from assets.sidecar import Sidecar

FOLDER = "dtd"
LICENCE = "DTD: for research, photographs under their authors' terms"


def read_textures(raw: Path, report: Report) -> Iterator[RawTexture]:
    """Yield textures by class, then file name; a class without pictures is a Problem."""
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    for kind in sorted(path for path in (folder / "images").glob("*") if path.is_dir()):
        pictures = sorted(path for path in kind.iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
        if not pictures:
            where = kind.relative_to(raw).as_posix()
            report(Problem(path=where, expected="at least one .jpg", got="an empty texture class"))
        for image in pictures:
            said = aside.of(image.relative_to(folder).as_posix())
            yield RawTexture(
                id=id_of(image.stem),
                image=image,
                texture_class=kind.name,
                origin=said.origin(FOLDER, LICENCE),
            )
