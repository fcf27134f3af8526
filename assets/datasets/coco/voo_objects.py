"""Voo et al.'s objects: COCO instances cut out and enlarged four times, with a mask each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assets.datasets.coco.reader import FOLDER as COCO
from assets.problems import Problem, Report
from assets.reading.folders import by_stem, first_folder, pictures_in
from assets.reading.naming import id_of
from assets.records import Origin, RawCutout
from assets.text.sidecar import NOTHING, Aside, Sidecar
from shards import storage

# Where they are unpacked to, and the names of the two folders; the second one of masks is how the
# publishers' own description once writes it.
FOLDERS = ("coco_object", "")
PICTURES, MASKS = "object_image_sr", ("object_mask_x4", "object_image_x4")
COUNT, FACTOR = 128, 4
DATASET = "Voo objects"
LICENCE = "Voo et al.: no licence stated; from COCO photographs under their own Flickr terms"
_COCO_NAME = re.compile(r"(?<!\d)\d{12}(?!\d)")


def voo_folder(raw: Path) -> Path | None:
    """The folder that holds the two, ``RAW/coco_object`` or ``RAW`` itself; None where there is none."""
    places = (raw / name for name in FOLDERS)
    return next((place for place in places if first_folder(place, PICTURES, *MASKS)), None)


def read_voo_objects(raw: Path, report: Report) -> Iterator[RawCutout]:
    """Yield the objects by file name; nothing where neither folder is there.

    A picture without its mask, a mask without its picture, a second file of one name and a missing
    folder are Problems; another number than the paper's 128 is noted. Any name will do. Where it holds
    twelve digits that a photograph of ``COCO`` has for its name, that is the photograph the object comes
    from, and what COCO's side-car says of it holds for the object. Categories are not published.
    """
    folder = voo_folder(raw)
    if folder is None:
        return
    pictures, masks = first_folder(folder, PICTURES), first_folder(folder, *MASKS)
    if pictures is None or masks is None:
        expected, name = (
            ("a folder of pictures", PICTURES) if pictures is None else ("a folder of masks", MASKS[0])
        )
        where = (folder / name).relative_to(raw).as_posix()
        report(Problem(path=where, expected=expected, got="no such folder"))
        return
    aside = Sidecar(folder, raw, report) if folder != raw else None
    of_coco = Sidecar(raw / COCO, raw, lambda problem: None)  # its Problems are told by COCO's reader
    mask_of = by_stem(pictures_in(masks, raw, report), raw, report)
    images = by_stem(pictures_in(pictures, raw, report), raw, report)
    if len(images) != COUNT:
        where, expected = pictures.relative_to(raw).as_posix(), f"{COUNT} objects, as in the paper"
        report(Problem(path=where, expected=expected, got=str(len(images)), action="converted"))
    for stem, image in images.items():
        mask = mask_of.pop(stem, None)
        where = image.relative_to(raw).as_posix()
        if mask is None:
            expected = f"a mask {(masks / image.stem).relative_to(raw).as_posix()}.png"
            report(Problem(path=where, expected=expected, got="no such file"))
            continue
        origin = Origin(dataset=DATASET, photo="", licence=LICENCE)
        if aside is not None:
            origin = aside.of(f"{pictures.name}/{image.name}").origin(DATASET, LICENCE)
        yield RawCutout(
            id=f"voo_{id_of(image.stem)}",
            image=image,
            mask=mask,
            category="",
            origin=_with_photo(origin, raw, of_coco, stem),
            enlarged=FACTOR,
        )
    for path in mask_of.values():
        expected = f"a picture {(pictures / path.stem).relative_to(raw).as_posix()}.jpeg"
        where = path.relative_to(raw).as_posix()
        report(Problem(path=where, expected=expected, got="no such file"))


def _with_photo(origin: Origin, raw: Path, aside: Sidecar, stem: str) -> Origin:
    """The origin with photograph, person and split of the COCO photograph that the name tells.

    What it names itself stays; so does all of it where no such photograph is there.
    """
    for number in _COCO_NAME.findall(stem):
        places = (f"*/{number}.jpg", f"images/*/{number}.jpg")
        found = sorted(path for place in places for path in (raw / COCO).glob(place))
        if found:
            said = _said(found, raw, aside)
            return replace(
                origin,
                photo=origin.photo or said.photo or storage.sha256_of(str(found[0])),
                person=origin.person or said.person,
                split=origin.split or said.split,
            )
    return origin


def _said(found: list[Path], raw: Path, aside: Sidecar) -> Aside:
    """What COCO's side-car says of a photograph, in whichever of its places it names it."""
    rows = (aside.of(path.relative_to(raw / COCO).as_posix()) for path in found)
    return next((said for said in rows if said is not NOTHING), NOTHING)
