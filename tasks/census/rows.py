"""Rows of the census: one folder of pictures each, with a remark on anything unusual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.datasets.coco import reader as coco
from assets.datasets.published import PUBLISHED, Published
from assets.reading.expected_counts import deviation
from assets.reading.folders import relative
from assets.reading.locate_folder import find_folder
from natocc.files.clutter import is_clutter
from tasks.census.pictures import count_pictures, remark_on_depth, remark_on_links, remark_on_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusRow:
    """One folder of pictures. ``remark`` names anything unusual, else ""."""

    dataset: str
    folder: str  # relative to the raw folder; absolute where it lies above it
    pictures: int
    published: int | None
    states: str
    remark: str
    licence: str


def census_row(published: Published, raw: Path) -> CensusRow | None:
    """The row of a published folder; None if nothing is at its place or near it."""
    found = find_folder(raw, published.places)
    if found is None:
        return None
    folder, count = found.folder, count_pictures(found.folder, published)
    remarks = [
        found.advice,
        deviation(published.pictures, count),
        remark_on_sizes(folder, published, count),
        remark_on_depth(folder, published, count),
        remark_on_links(folder, published),
    ]
    matlab = _matlab_files(folder) if published.dataset == "COFW" else ""
    inside = folder.is_relative_to(raw) and folder != raw
    return CensusRow(
        dataset=published.name,
        folder=relative(folder, raw) if inside else folder.as_posix(),
        pictures=count,
        published=published.pictures,
        states=published.states + matlab,
        remark="; ".join(filter(None, remarks)),
        licence=published.licence,
    )


def user_annotation_rows(raw: Path) -> Iterator[CensusRow]:
    """A row for each user-provided annotation file of COCO, with its photographs."""
    known = {published.part for published in PUBLISHED if published.dataset == "COCO"}
    for path in sorted((raw / coco.COCO_FOLDER / "annotations").glob("instances_*.json")):
        part = path.stem.removeprefix("instances_")
        if part in known:
            continue
        places = (f"{coco.COCO_FOLDER}/{part}", f"{coco.COCO_FOLDER}/images/{part}")
        described = Published(dataset="COCO", part=part, places=places, licence=coco.COCO_LICENCE)
        if (row := census_row(described, raw)) is not None:
            yield row


def _matlab_files(folder: Path) -> str:
    """COFW's files by name and size. Each holds hundreds of pictures and needs a library to be read."""
    sizes = (
        f"{path.name} of {path.stat().st_size / 1e6:.1f} MB"
        for path in sorted(folder.rglob("*.mat"))
        if not is_clutter(path.name)
    )
    return "".join(f"; found {size}" for size in sizes)
