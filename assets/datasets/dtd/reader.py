"""Describable Textures: one folder for each class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assets.datasets.dtd.labels import TextureLabels
from assets.problems import Problem, ReportProblem
from assets.reading.folders import is_text, names_in, pictures_in
from assets.reading.hold_out import held_out
from assets.reading.naming import id_of
from assets.records import RawTexture
from assets.text.sidecar import Sidecar
from natocc.files.read import what_is

DTD_FOLDER = "dtd"
DTD_LICENCE = "DTD: for research, photographs under their authors' terms"


def read_textures(raw: Path, report: ReportProblem, *, hold_out: bool = True) -> Iterator[RawTexture]:
    """Yield textures by class, then file name, with the metadata of DTD's label files.

    With ``hold_out``, a fifth of the classes is for testing, or no class if there are fewer than ten. A split
    given in the side-car takes precedence.

    A class without pictures is a Problem, and so are lists and pictures that do not match.
    """
    folder = raw / DTD_FOLDER
    sidecar = Sidecar(folder, raw, report, ("images/*/*",))
    if not (folder / "images").is_dir():
        report(Problem(path=f"{DTD_FOLDER}/images", expected="a folder for each class", got="no such folder"))
        return
    labels = TextureLabels(folder, raw, report)
    kinds = sorted(folder / "images" / name for name in names_in(folder / "images"))
    classes = [kind.name for kind in kinds if is_text(kind.name) and kind.is_dir()]
    tested = held_out(classes) if hold_out else frozenset()
    for kind in kinds:
        for image in _pictures_of(kind, raw, report):
            origin = sidecar.row_of(f"images/{kind.name}/{image.name}").origin(DTD_FOLDER, DTD_LICENCE)
            if kind.name in tested and origin.split is None:
                origin = replace(origin, split="test")
            yield RawTexture(
                id=id_of(f"{kind.name}/{image.stem}"),
                image=image,
                texture_class=kind.name,
                origin=origin,
                metadata=labels.metadata_of(f"{kind.name}/{image.name}"),
            )
    labels.finish()
    sidecar.finish()


def _pictures_of(kind: Path, raw: Path, report: ReportProblem) -> list[Path]:
    """The pictures of a class. Anything that is no class with pictures is a Problem."""
    where = kind.relative_to(raw).as_posix()
    if not is_text(kind.name):
        report(Problem(path=where, expected="a name in UTF-8", got="other bytes"))
        return []
    if not kind.is_dir():
        report(Problem(path=where, expected="a folder of one texture class", got=what_is(kind) or "a file"))
        return []
    pictures = pictures_in(kind, raw, report)
    if not pictures:
        report(Problem(path=where, expected="at least one picture", got="an empty texture class"))
    return pictures
