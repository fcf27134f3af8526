"""Which pictures are shown: an arm's best, median and worst of a set, and a sheet that no score chooses."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import numpy as np

from tasks.benchmark.counts.measure import AS_LABELLED
from tasks.benchmark.scores.cell import Cell
from tasks.benchmark.scores.compute import CellName
from tasks.benchmark.scores.metrics import face_iou

ReasonShown = Literal["best", "median", "worst", "sheet"]
# Pictures of each place of a set, and rows of its sheet.
OF_EACH, SHEET_ROWS = 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureScore:
    """The face IoU of a picture, by the arm that chooses; nan where there is no face and none was found."""

    set: str
    key: str
    occluder: str
    face_iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPicture:
    """A picture and why it is shown."""

    place: ReasonShown
    score: PictureScore


def score_pictures(
    cells: Mapping[CellName, Cell], network: str, arm: str, seed: int
) -> Iterator[PictureScore]:
    """Yield the scores of a run's pictures, as labelled and without TTA."""
    for (of_network, mixture, of_set, reading, tta), cell in cells.items():
        if (of_network, mixture, reading, tta) != (
            network,
            arm,
            AS_LABELLED,
            False,
        ) or seed not in cell.seeds:
            continue
        values = face_iou(cell.values[cell.seeds.index(seed)])
        for key, occluder, value in zip(cell.keys, cell.occluders, np.asarray(values).tolist(), strict=True):
            yield PictureScore(set=of_set, key=key, occluder=occluder, face_iou=value)


def choose_pictures(
    scores: Iterable[PictureScore], *, each: int = OF_EACH, rows: int = SHEET_ROWS
) -> tuple[ChosenPicture, ...]:
    """Choose ``each`` best, median and worst pictures of every set, and ``rows`` for its sheet.

    No picture is in two of the first three. A sheet takes the kinds of occluders by turns, and of each kind
    the pictures whose keys have the lowest hashes: scores have no say. Order of the input does not matter.
    """
    by_set: dict[str, list[PictureScore]] = {}
    for score in scores:
        by_set.setdefault(score.set, []).append(score)
    return tuple(
        chosen
        for name in sorted(by_set)
        for chosen in (*_extremes(by_set[name], each), *_sheet(by_set[name], rows))
    )


def _extremes(scores: Sequence[PictureScore], each: int) -> Iterator[ChosenPicture]:
    known = [one for one in scores if not math.isnan(one.face_iou)]
    ordered = sorted(known, key=lambda one: (-one.face_iou, one.key))
    # Of few pictures a third each; the worst first.
    count = min(each, -(-len(ordered) // 3))
    worst = ordered[len(ordered) - count :] if count else []
    best = ordered[: min(count, len(ordered) - len(worst))]
    middle = ordered[len(best) : len(ordered) - len(worst)]
    skipped = (len(middle) - min(count, len(middle)) + 1) // 2
    median = middle[skipped : skipped + count]
    places: tuple[tuple[ReasonShown, Sequence[PictureScore]], ...] = (
        ("best", best),
        ("median", median),
        ("worst", worst[::-1]),
    )
    yield from (ChosenPicture(place=place, score=one) for place, found in places for one in found)


def _sheet(scores: Sequence[PictureScore], rows: int) -> Iterator[ChosenPicture]:
    kinds: dict[str, list[PictureScore]] = {}
    for one in sorted(scores, key=_hashed):
        kinds.setdefault(one.occluder, []).append(one)
    turns = zip_longest(*(kinds[kind] for kind in sorted(kinds)))
    chosen = [one for turn in turns for one in turn if one is not None][:rows]
    for one in sorted(chosen, key=lambda one: (one.occluder, _hashed(one))):
        yield ChosenPicture(place="sheet", score=one)


def _hashed(one: PictureScore) -> str:
    return hashlib.sha256(f"{one.set}\n{one.key}".encode()).hexdigest()
