"""Which pictures are shown."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from tasks.benchmark.counts.measure import Predictor, measure_picture
from tasks.benchmark.counts.table import COUNTS_SCHEMA
from tasks.benchmark.pages.sheets.choose import PictureScore, choose_pictures, score_pictures
from tasks.benchmark.scores.compute import cells_of
from tests.tasks.benchmark.pages.sheets.pictures import moved, picture


def scores(*values: float, kinds: tuple[str, ...] = ("hand",)) -> list[PictureScore]:
    return [
        PictureScore(set="s", key=f"k{number}", occluder=kinds[number % len(kinds)], face_iou=value)
        for number, value in enumerate(values)
    ]


def places(found: list[PictureScore], **more: int) -> dict[str, list[float]]:
    chosen = [one for one in choose_pictures(found, **more) if one.place != "sheet"]
    return {
        place: [one.score.face_iou for one in chosen if one.place == place]
        for place in ("best", "median", "worst")
    }


def test_best_median_and_worst_are_those() -> None:
    found = scores(*(number / 10 for number in range(10)))
    assert places(found, each=2) == {"best": [0.9, 0.8], "median": [0.5, 0.4], "worst": [0.0, 0.1]}


@pytest.mark.parametrize(
    ("values", "best", "median", "worst"),
    [
        ((0.5,), [], [], [0.5]),
        ((0.5, 0.6), [0.6], [], [0.5]),
        ((0.5, 0.6, 0.7), [0.7], [0.6], [0.5]),
        ((0.4, 0.5, 0.6, 0.7), [0.7, 0.6], [], [0.4, 0.5]),
        ((math.nan, 0.5), [], [], [0.5]),
        ((math.nan,), [], [], []),
    ],
)
def test_of_few_pictures_none_is_shown_twice(
    values: tuple[float, ...], best: list[float], median: list[float], worst: list[float]
) -> None:
    assert places(scores(*values)) == {"best": best, "median": median, "worst": worst}


def test_a_sheet_takes_kinds_by_turns_and_scores_have_no_say() -> None:
    kinds = ("hand", "object", "randocc")
    low, high = scores(*[0.1] * 12, kinds=kinds), scores(*[0.9] * 12, kinds=kinds)
    keys = [
        [one.score.key for one in choose_pictures(found, rows=6) if one.place == "sheet"]
        for found in (low, high)
    ]
    assert keys[0] == keys[1] and len(set(keys[0])) == 6
    counted = Counter(one.occluder for one in low if one.key in keys[0])
    assert counted == {"hand": 2, "object": 2, "randocc": 2}


def test_a_kind_with_few_pictures_leaves_its_turns_to_others() -> None:
    found = [*scores(*[0.5] * 5), PictureScore(set="s", key="z", occluder="object", face_iou=math.nan)]
    sheet = [one.score.occluder for one in choose_pictures(found, rows=4) if one.place == "sheet"]
    assert sheet == ["hand", "hand", "hand", "object"]


def test_the_order_of_pictures_does_not_matter_and_sets_stand_apart() -> None:
    found = scores(*(number % 7 / 10 for number in range(20)))
    other = [PictureScore(set="a", key="k", occluder="hand", face_iou=0.5)]
    assert choose_pictures([*found, *other]) == choose_pictures([*other, *reversed(found)])
    assert {one.score.set for one in choose_pictures([*found, *other])} == {"a", "s"}


def test_scores_are_those_of_one_run_as_labelled_without_tta() -> None:
    taken = picture("k")
    rows = [
        row
        for seed, shift in ((0, 0), (1, 16))
        for tta in (False, True)
        for row in measure_picture(
            taken,
            moved(taken.mask, shift + tta),
            None,
            predictor=Predictor(network="n", mixture="a", seed=seed, tta=tta),
            set_name="s",
            policy="voo",
        )
    ]
    cells = cells_of(COUNTS_SCHEMA.empty_table().from_pylist(rows, schema=COUNTS_SCHEMA))
    (one,) = score_pictures(cells, "n", "a", 1)
    # 16 of 32 columns are common, 48 are of either.
    assert (one.set, one.key, one.occluder) == ("s", "k", "hand") and one.face_iou == pytest.approx(1 / 3)
    assert list(score_pictures(cells, "n", "a", 2)) == [] == list(score_pictures(cells, "n", "b", 1))
