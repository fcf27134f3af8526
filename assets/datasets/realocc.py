"""RealOcc and datasets with the same layout: really occluded faces with masks of the visible face.

They are for testing only. Nothing is composited on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.problems import Problem, ReportProblem, unreadable
from assets.reading.folders import by_stem, first_folder, names_in, pictures_in
from assets.reading.masks.choose import choose_masks
from assets.reading.naming import id_of
from assets.records import RawOccludedFace
from assets.text.lines import bare_name
from assets.text.name_list import read_names, report_names
from assets.text.sidecar import Sidecar
from natocc.files.read import is_there
from natocc.files.text import read_text

# Names of the folders; the first that exists is read.
OCCLUDED_PICTURES, OCCLUDED_MASKS = ("image", "img", "images"), ("mask", "masks")


@dataclass(frozen=True, slots=True, kw_only=True)
class OccludedSource:
    """A dataset of really occluded faces: its place and its published figures."""

    name: str  # of its shard in the bank
    dataset: str
    folder: str  # relative to the raw folder
    licence: str
    # Published number of pictures; None if user-provided pictures may lie in their place.
    count: int | None = None
    # Width and height of every picture in pixels; None for any size.
    side: int | None = None


REALOCC = OccludedSource(
    name="realocc", dataset="RealOcc", folder="RealOcc", licence="RealOcc: no licence stated"
)
REALOCC_WILD = OccludedSource(
    name="realocc_wild",
    dataset="RealOcc-Wild",
    folder="RealOcc-Wild",
    licence="RealOcc-Wild: no licence stated",
    count=270,
)


def read_occluded_faces(
    raw: Path, report: ReportProblem, source: OccludedSource = REALOCC
) -> Iterator[RawOccludedFace]:
    """Yield the faces of ``split/val.txt`` in its order; without the list, all faces by name.

    Photographs lie in ``image``, ``img`` or ``images``, masks in ``mask`` or ``masks``. A number of
    photographs other than published is a Problem; they are read nevertheless. Masks are matched to
    photographs by name (``choose_masks``).
    """
    folder = raw / source.folder
    pictures, masks = first_folder(folder, *OCCLUDED_PICTURES), first_folder(folder, *OCCLUDED_MASKS)
    named = OCCLUDED_PICTURES if pictures is None else (pictures.name,)
    sidecar = Sidecar(folder, raw, report, [f"{name}/*" for name in named])
    if pictures is None or masks is None:
        names = OCCLUDED_PICTURES if pictures is None else OCCLUDED_MASKS
        where = f"{source.folder}/{names[0]}"
        report(Problem(path=where, expected="a folder of pictures", got=_instead(folder, names)))
        return
    images = by_stem(pictures_in(pictures, raw, report), raw, report)
    chosen = choose_masks(images, masks, raw, report)
    if source.count not in (None, len(images)):
        where, expected = f"{source.folder}/{pictures.name}", f"{source.count} pictures, as published"
        report(Problem(path=where, expected=expected, got=str(len(images)), action="noted"))
    listed = _listed(folder / "split" / "val.txt", raw, images, pictures, report)
    for stem in [*images] if listed is None else listed:
        image, mask = images[stem], chosen.taken.get(stem)
        if mask is None and stem in chosen.refused:
            continue
        if mask is None:
            expected = f"a mask {source.folder}/{masks.name}/{stem}.png"
            report(Problem(path=image.relative_to(raw).as_posix(), expected=expected, got="no such file"))
            continue
        row = sidecar.row_of(f"{pictures.name}/{image.name}")
        origin = row.origin(source.dataset, source.licence)
        yield RawOccludedFace(id=id_of(stem), image=image, mask=mask, origin=origin)
    sidecar.finish()


def _instead(folder: Path, names: tuple[str, ...]) -> str:
    """Describe what exists instead of the folder: nothing, or a folder at a wrong depth."""
    below = sorted(name for name in names_in(folder) if first_folder(folder / name, *names))
    return f"one a level deeper, in {folder.name}/{below[0]}" if below else "no such folder"


def _listed(
    path: Path, raw: Path, images: Iterable[str], pictures: Path, report: ReportProblem
) -> list[str] | None:
    """Stems of the listed images, each once; None if the list is missing or says nothing."""
    if not is_there(path):
        return None
    stems, where = {bare_name(stem): stem for stem in images}, path.relative_to(raw).as_posix()
    try:
        names = read_names(read_text(path), lambda name: stems.get(bare_name(name)))
    except OSError as error:
        got = f"{unreadable(error, '').got}; all pictures are taken"
        report(Problem(path=where, expected="one name a line", got=got))
        return None
    if not names.lines:
        got = "an empty list; all pictures are taken"
        report(Problem(path=where, expected="one name a line", got=got, action="noted"))
        return None
    report_names(names, where, f"pictures in {pictures.relative_to(raw).as_posix()}", report)
    return list(dict.fromkeys(names.found))
