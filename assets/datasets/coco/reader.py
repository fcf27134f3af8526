"""COCO instances from every annotation file, with polygons or RLE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from assets.datasets.coco.listing import (
    ListedImage,
    Listing,
    annotation_id,
    check_flags,
    key_of,
    plain_name,
    read_listing,
    shown_value,
    stated_size,
)
from assets.datasets.coco.measure import measure_outline
from assets.datasets.coco.unlisted import NoPhotograph, report_unlisted
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import is_text
from assets.reading.outlines import read_outline
from assets.records import RawObject
from assets.text.sidecar import Sidecar
from assets.text.strict_json import decode_json
from assets.wording import list_counts
from natocc.files.read import is_there, open_file, what_is

COCO_FOLDER = "COCO"
COCO_LICENCE = "COCO: annotations CC BY 4.0, photographs under their own Flickr terms"
_EXPECTED = "COCO json with images, categories, annotations"
# The reason for which annotations are refused that is counted beside those that are skipped.
_UNLISTED = "with an unlisted image"


def read_objects(
    raw: Path, report: ReportProblem, skipped: Counter[str] | None = None
) -> Iterator[RawObject]:
    """Yield non-crowd instances by file name, then annotation id.

    Annotations whose photograph is missing, and photographs that are not listed, are unmatched. An annotation
    is a Problem if it has neither polygon nor RLE, its outline has no area, its category is unknown, or
    another annotation has its id. If several images or categories share an id, or several images a file_name,
    it is ambiguous: its annotations are Problems, and so is the file.
    Photographs of ``instances_train2017.json`` are in ``train2017`` or ``images/train2017``. ``skipped``
    counts annotations that are passed over, by reason. A file is read twice. Memory holds its images and the
    positions of its annotations, not the annotations.
    """
    folder = raw / COCO_FOLDER
    sidecar = Sidecar(folder, raw, report)
    files = sorted((folder / "annotations").glob("instances_*.json"))
    if not files:
        where = f"{COCO_FOLDER}/annotations"
        report(Problem(path=where, expected="instances_*.json", got="no annotation file"))
    taken: set[int] = set()
    for path in files:
        counted = Counter[str]()
        yield from _read_file(path, raw, sidecar, taken, counted, report)
        if skipped is not None:
            skipped.update(counted)
    sidecar.finish()


def _read_file(
    path: Path,
    raw: Path,
    sidecar: Sidecar,
    taken: set[int],
    skipped: Counter[str],
    report: ReportProblem,
) -> Iterator[RawObject]:
    where = path.relative_to(raw).as_posix()
    if not is_text(path.name):
        report(Problem(path=where, expected="a name in UTF-8", got="other bytes"))
        return
    folder = _image_folder(raw / COCO_FOLDER, path.stem.removeprefix("instances_"))
    try:
        listing = read_listing(path, folder.name)
    except UnicodeDecodeError:
        report(Problem(path=where, expected=_EXPECTED, got="text that is not UTF-8"))
        return
    except ValueError as error:
        # The reader of JSON has its own words, with the position.
        report(Problem(path=where, expected=_EXPECTED, got=str(error)))
        return
    except OSError as error:
        report(unreadable(error, _EXPECTED).problem(where))
        return
    listing.remarks.report(where, report)
    before = len(taken)
    source = _Source(
        raw=raw,
        folder=folder,
        listing=listing,
        sidecar=sidecar,
    )
    yield from _instances(path, source, taken, report)
    listing.remarks.report(where, report)
    report_unlisted(listing, source.folder, raw, report)
    skipped.update(listing.skipped)
    if listing.skipped.keys() - {_UNLISTED}:
        used = f"{len(taken) - before} taken" if len(taken) > before else "none taken"
        got = f"{used}, skipped: {list_counts(listing.skipped)}"
        report(Problem(path=where, expected="annotations of single things", got=got, action="noted"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """An annotation file, and the folder of its photographs."""

    raw: Path
    folder: Path
    listing: Listing
    sidecar: Sidecar


def _instances(path: Path, source: _Source, taken: set[int], report: ReportProblem) -> Iterator[RawObject]:
    """Yield the sound instances of a file. ``taken`` holds the ids of all files so far."""
    where, listing = path.relative_to(source.raw).as_posix(), source.listing
    # By id. Annotations without an id come first, in the order of the file.
    order = np.argsort(np.frombuffer(listing.ids, np.int64), kind="stable") if listing.ids else ()
    with open_file(path) as stream:
        for at in order:
            stream.seek(listing.starts[at])
            data = stream.read(listing.ends[at] - listing.starts[at])
            try:
                thing = _parse(data, source)
                if int(thing.id) in taken:
                    raise BadInput("an id of its own", f"the id {int(thing.id)} of another annotation")
            except BadInput as error:
                known = listing.ids[at] >= 0
                name = f"annotation {listing.ids[at]}" if known else f"annotations[{listing.numbers[at]}]"
                if isinstance(error, NoPhotograph):
                    listing.remarks.add_missing(name, error.name)
                else:
                    report(error.problem(f"{where} {name}"))
                continue
            taken.add(int(thing.id))
            yield thing


def _image_folder(folder: Path, split: str) -> Path:
    """The folder of a split's photographs. People unpack them to one of two places."""
    return folder / split if (folder / split).is_dir() else folder / "images" / split


def _parse(data: bytes, source: _Source) -> RawObject:
    """The instance. Raises BadInput."""
    listing = source.listing
    try:
        annotation = decode_json(data, "an annotation with each key once")
    except BadInput as error:
        if error.got.endswith("twice in one object"):
            raise
        raise BadInput("the annotation that was read before", "other text; the file has changed") from error
    if not isinstance(annotation, dict):
        raise BadInput("an annotation with id, image_id, category_id and segmentation", "no object")
    number = annotation_id(annotation.get("id"))
    if number is None:
        raise BadInput("a whole number from 0 as id", shown_value(annotation.get("id")))
    check_flags(annotation)
    image = _image(annotation.get("image_id"), listing)
    size = stated_size(image)
    category = _category(annotation.get("category_id"), listing)
    file = _photograph(image, source)
    outline = read_outline(annotation.get("segmentation"), size)
    found = measure_outline(outline.segmentation, size, annotation.get("bbox"), annotation.get("area"))
    if outline.left_out:
        listing.remarks.add("strays", str(number))
    if found.contradicts:
        listing.remarks.add("derived", str(number))
    row = source.sidecar.row_of(file.relative_to(source.raw / COCO_FOLDER).as_posix())
    return RawObject(
        id=f"{number:012d}",
        image=file,
        image_size=size,
        segmentation=outline.segmentation,
        bbox=found.bbox,
        area=found.area,
        category=category,
        origin=row.origin(COCO_FOLDER, COCO_LICENCE),
    )


def _image(stated: object, listing: Listing) -> ListedImage:
    """The entry of an image. Raises BadInput if it is not listed once."""
    key = key_of(stated)
    if key is None or key not in listing.images:
        listing.skipped[_UNLISTED] += 1
        raise BadInput("an image of its own file", f"image_id {shown_value(stated)} that is not listed")
    image = listing.images[key]
    if image is None:
        raise BadInput("an image id of its own", f"image_id {key} of several images")
    if plain_name(image.name, listing.folder) in listing.doubled:
        raise BadInput("a file_name of its own", f"file_name {image.name!r} of several images")
    return image


def _photograph(image: ListedImage, source: _Source) -> Path:
    """The file of a photograph. Raises BadInput if it is missing or outside the dataset.

    A name may begin with the name of its folder.
    """
    folder, dataset = source.folder, source.raw / COCO_FOLDER
    if not image.name:
        raise BadInput("an image with a file_name", "one without")
    name = PurePosixPath(image.name)
    if name.is_absolute() or ".." in name.parts or (name.parts and name.parts[0].endswith(":")):
        raise BadInput(f"a photograph in {folder.name}", f"file_name {str(name)!r}")
    if not is_text(str(name)):
        raise BadInput("a file_name in UTF-8", f"{str(name)!r}")
    places = [folder / name]
    if len(name.parts) > 1:
        places += [dataset / name, dataset / "images" / name]
    if image.linked:
        places.append(folder / name.name)
    for file in places:
        if not what_is(file):
            return file
        if is_there(file):
            raise BadInput(f"a photograph {folder.name}/{name}", what_is(file))
    raise NoPhotograph(f"{folder.name}/{name}")


def _category(stated: object, listing: Listing) -> str:
    """The name of a category. Raises BadInput."""
    key = key_of(stated)
    if key is None or key not in listing.categories:
        raise BadInput("a category of its own file", f"category_id {shown_value(stated)}")
    category = listing.categories[key]
    if category is None:
        raise BadInput("a category id of its own", f"category_id {key} of several categories")
    return category
