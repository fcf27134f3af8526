"""Voo et al.'s objects: COCO instances, cut out and upscaled by a factor of four, each with a mask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assets.datasets.coco.reader import COCO_FOLDER
from assets.problems import Problem, ReportProblem
from assets.reading.folders import by_stem, first_folder, pictures_in
from assets.reading.masks.choose import choose_masks
from assets.reading.naming import id_of
from assets.records import Origin, RawCutout
from assets.text.sidecar import Sidecar
from assets.text.sidecar_row import EMPTY_ROW, SidecarRow
from natocc.files.read import hash_if_readable

# Places to which they are unpacked, and the names of the two folders. The publishers' own description uses
# the second name of the mask folder once.
VOO_FOLDERS = ("coco_object", "")
VOO_PICTURES, VOO_MASKS = "object_image_sr", ("object_mask_x4", "object_image_x4")
_COUNT, _FACTOR = 128, 4
_DATASET = "Voo objects"
VOO_LICENCE = "Voo et al.: no licence stated; from COCO photographs under their own Flickr terms"
_COCO_NAME = re.compile(r"(?<!\d)\d{12}(?!\d)")


def voo_folder(raw: Path) -> Path | None:
    """The folder of pictures and masks, ``RAW/coco_object`` or ``RAW`` itself; None if there is none."""
    places = (raw / name for name in VOO_FOLDERS)
    return next((place for place in places if first_folder(place, VOO_PICTURES, *VOO_MASKS)), None)


def read_voo_objects(raw: Path, report: ReportProblem) -> Iterator[RawCutout]:
    """Yield the objects by file name; nothing if neither folder exists.

    A picture without its mask, a second file of one name and a missing folder are Problems; masks without a
    picture are unmatched. A number other than the paper's 128 is reported. File names are free. If a name
    contains the twelve digits of a photograph of ``COCO``, the object comes from that photograph, and the
    photograph's row in COCO's side-car applies to the object. Categories are not published.
    """
    folder = voo_folder(raw)
    if folder is None:
        return
    pictures, masks = first_folder(folder, VOO_PICTURES), first_folder(folder, *VOO_MASKS)
    if pictures is None or masks is None:
        what, name = ("pictures", VOO_PICTURES) if pictures is None else ("masks", VOO_MASKS[0])
        where = (folder / name).relative_to(raw).as_posix()
        report(Problem(path=where, expected=f"a folder of {what}", got="no such folder"))
        return
    sidecar = Sidecar(folder, raw, report, (f"{pictures.name}/*",)) if folder != raw else None
    of_coco = Sidecar(raw / COCO_FOLDER, raw, lambda problem: None)  # COCO's reader reports its Problems
    images = by_stem(pictures_in(pictures, raw, report), raw, report)
    chosen = choose_masks(images, masks, raw, report)
    if len(images) != _COUNT:
        where, expected = pictures.relative_to(raw).as_posix(), f"{_COUNT} objects, as in the paper"
        report(Problem(path=where, expected=expected, got=str(len(images)), action="noted"))
    for stem, image in images.items():
        mask = chosen.taken.get(stem)
        if mask is None:
            if stem not in chosen.refused:
                expected = f"a mask {(masks / image.stem).relative_to(raw).as_posix()}.png"
                report(Problem(path=image.relative_to(raw).as_posix(), expected=expected, got="no such file"))
            continue
        origin = Origin(dataset=_DATASET, photo="", licence=VOO_LICENCE)
        if sidecar is not None:
            origin = sidecar.row_of(f"{pictures.name}/{image.name}").origin(_DATASET, VOO_LICENCE)
        yield RawCutout(
            id=f"voo_{id_of(image.stem)}",
            image=image,
            mask=mask,
            category="",
            origin=_with_photo(origin, raw, of_coco, stem),
            enlarged=_FACTOR,
        )
    if sidecar is not None:
        sidecar.finish()


def _with_photo(origin: Origin, raw: Path, sidecar: Sidecar, stem: str) -> Origin:
    """The origin, completed with photograph, person and split of the COCO photograph that the name contains.

    Values of the origin take precedence. Without such a photograph, the origin is unchanged.
    """
    for number in _COCO_NAME.findall(stem):
        places = (f"*/{number}.jpg", f"images/*/{number}.jpg")
        found = sorted(path for place in places for path in (raw / COCO_FOLDER).glob(place))
        if found:
            row = _coco_row(found, raw, sidecar)
            return replace(
                origin,
                photo=origin.photo or row.photo or hash_if_readable(found[0]),
                person=origin.person or row.person,
                split=origin.split or row.split,
            )
    return origin


def _coco_row(found: list[Path], raw: Path, sidecar: Sidecar) -> SidecarRow:
    """The row of COCO's side-car for a photograph, under any of its paths."""
    rows = (sidecar.row_of(path.relative_to(raw / COCO_FOLDER).as_posix()) for path in found)
    return next((row for row in rows if row is not EMPTY_ROW), EMPTY_ROW)
