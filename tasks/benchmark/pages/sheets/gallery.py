"""Pictures of a benchmark as sheets of tiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from natocc.geometry import Image
from tasks.benchmark.pages.behind import behind_of
from tasks.benchmark.pages.grid import Behind, percent
from tasks.benchmark.pages.material import BenchmarkMaterial
from tasks.benchmark.pages.sheets.choose import ChosenPicture
from tasks.benchmark.pages.sheets.tiles import data_uri, error_tile, label_tile, picture_tile
from tasks.benchmark.sets.picture import TestPicture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictedPicture:
    """A picture of a set with the masks that arms predicted for it, uint8 of its mask's size, 1 = face."""

    set: str
    picture: TestPicture
    predicted: Mapping[str, Image]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gallery:
    """Chosen pictures of one network and seed; ``arm`` is the one whose scores chose them."""

    network: str
    seed: int
    arm: str
    chosen: tuple[ChosenPicture, ...]
    pictures: Sequence[PredictedPicture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A small picture as a data URI, its size in pixels, and what it shows."""

    uri: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A picture: ``place`` and ``caption`` before its tiles."""

    place: str
    caption: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows of tiles under headings."""

    title: str
    about: str
    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    behind: Behind


def gallery_sheets(material: BenchmarkMaterial, gallery: Gallery) -> Iterator[Sheet]:
    """Of each set an arm's best, median and worst pictures, then the sheet on which all arms meet.

    Raises ValueError for a chosen picture that did not come, or that an arm's prediction lacks.
    """
    pictures = {(one.set, one.picture.facts.key): one for one in gallery.pictures}
    missing = [one for one in gallery.chosen if (one.score.set, one.score.key) not in pictures]
    if missing:
        score = missing[0].score
        raise ValueError(f"{score.set}: expected the chosen picture {score.key}, got none of this key")
    arms = _arms(material, gallery.pictures)
    for name in dict.fromkeys(one.score.set for one in gallery.chosen):
        of_set = [one for one in gallery.chosen if one.score.set == name]
        yield from _sheets(material, gallery, name, of_set, arms, pictures)


def _sheets(
    material: BenchmarkMaterial,
    gallery: Gallery,
    name: str,
    chosen: Sequence[ChosenPicture],
    arms: Sequence[str],
    pictures: Mapping[tuple[str, str], PredictedPicture],
) -> Iterator[Sheet]:
    who = f"{gallery.network}, seed {gallery.seed}"
    kinds: tuple[tuple[Literal["extremes", "sheet"], str, str, Sequence[str]], ...] = (
        (
            "extremes",
            f"{name}: best, median and worst of {gallery.arm}",
            f"By face IoU, as labelled; {who}.",
            [gallery.arm],
        ),
        (
            "sheet",
            f"{name}: every arm on the same pictures",
            f"Chosen by hashes of their keys, kinds of occluders by turns, without a look at scores; {who}.",
            arms,
        ),
    )
    for kind, title, about, columns in kinds:
        rows = tuple(
            _row(one, pictures[name, one.score.key], columns, kind)
            for one in chosen
            if (one.place == "sheet") is (kind == "sheet")
        )
        if rows:
            yield Sheet(
                title=title,
                about=about,
                headings=("picture", "label", *columns),
                rows=rows,
                behind=behind_of(
                    material, networks=[gallery.network], arms=columns, sets=[name], seeds=[gallery.seed]
                ),
            )


def _row(chosen: ChosenPicture, shown: PredictedPicture, arms: Sequence[str], kind: str) -> SheetRow:
    score, picture = chosen.score, shown.picture
    lacking = [arm for arm in arms if arm not in shown.predicted]
    if lacking:
        raise ValueError(f"{score.set}: expected a prediction of {lacking[0]} for {score.key}, got none")
    details = [score.key, picture.facts.occluder, picture.facts.category]
    if kind == "extremes":
        details.append(f"face IoU {percent(score.face_iou)} %")
    hidden = picture.facts.hidden
    if not math.isnan(hidden):
        details.append(f"{100 * hidden:.0f} % hidden")
    tiles = [
        _tile(picture_tile(picture), f"{score.key}, the picture"),
        _tile(label_tile(picture), f"{score.key}, the label"),
        *(_tile(error_tile(picture, shown.predicted[arm]), f"{score.key}, where {arm} errs") for arm in arms),
    ]
    place = chosen.place if kind == "extremes" else ""
    return SheetRow(place=place, caption=", ".join(filter(None, details)), tiles=tuple(tiles))


def _tile(image: Image, alt: str) -> Tile:
    return Tile(uri=data_uri(image), width=image.shape[1], height=image.shape[0], alt=alt)


def _arms(material: BenchmarkMaterial, pictures: Iterable[PredictedPicture]) -> tuple[str, ...]:
    """Arms that predicted, in the benchmark's order."""
    predicted = dict.fromkeys(arm for one in pictures for arm in one.predicted)
    named = [arm.name for arm in material.arms if arm.name in predicted]
    return tuple(dict.fromkeys([*named, *predicted]))
