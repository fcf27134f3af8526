from __future__ import annotations

import json
import random
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.datasets.coco.categories import CATEGORIES, CATEGORY_NAMES, TEST_CATEGORIES, published_category
from assets.datasets.coco.reader import read_objects
from assets.datasets.coco.selection import MOST_BLUR, choose_objects, read_choice
from assets.problems import Problem
from assets.records import RawObject
from tests.raw_trees import annotation, coffee, encoded, square, write


def box(
    number: int, category: int | str, x: float, y: float, width: float, height: float
) -> dict[str, object]:
    published = published_category(category) if isinstance(category, str) else None
    return annotation(
        number,
        category=published[0] if published else category,
        bbox=[x, y, width, height],
        area=width * height,
        segmentation=square(x, y, width, height),
    )


# A frame of 400x400 at (10, 10), 20 wide: less than a quarter of its box.
FRAME = [10, 10, 410, 10, 410, 410, 10, 410, 10, 30, 30, 30, 30, 390, 390, 390, 390, 30, 10, 30]


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> list[RawObject]:
    """Ten sound instances of each category, each with 5 unsound ones and larger; in shuffled order."""
    raw = tmp_path_factory.mktemp("raw")
    write(raw / "COCO/val2017/000000000001.jpg", encoded(coffee()))
    rows = []
    for place, category in enumerate(CATEGORIES):
        first = 100 * place
        rows += [box(first + n, category, 10, 10, 100 + n // 2, 100) for n in range(10)]
        rows += [
            box(first + 20, category, 2, 10, 400, 400),
            box(first + 21, category, 10, 10, 63, 300),
            box(first + 22, category, 10, 10, 400, 70),
            box(first + 23, category, 10, 10, 400, 400) | {"segmentation": [FRAME], "area": 30400},
            box(first + 24, category, 10, 10, 300, 300)
            | {"segmentation": square(10, 10, 300, 150) + square(10, 160, 300, 150)},
            box(first + 25, category, 10, 10, 400, 400) | {"iscrowd": 1},
        ]
    rows += [box(5000 + n, 1, 10, 10, 300, 300) for n in range(20)]
    rows += [box(6000, 47, 10, 10, 32, 32), box(6001, 47, 10, 10, 31, 32)]
    random.Random(1).shuffle(rows)
    listing = {
        "images": [{"id": 1, "file_name": "000000000001.jpg", "height": 480, "width": 640}],
        "categories": [{"id": number, "name": name} for number, name in CATEGORY_NAMES.items()],
        "annotations": rows,
    }
    write(raw / "COCO/annotations/instances_val2017.json", json.dumps(listing).encode())
    problems: list[Problem] = []
    found = list(read_objects(raw, problems.append))
    assert [problem.got for problem in problems] == [f"{len(rows) - 20} taken, skipped: 20 crowds"]
    return found


def select(things: list[RawObject], choice: str) -> list[RawObject]:
    """Where nothing is held out."""
    return choose_objects(things, choice, hold_out=False).objects


def test_default_is_the_128_of_20_categories(things: list[RawObject]) -> None:
    chosen = select(things, "default")
    # The largest first, of equals the lower id: widths go up by one every two.
    best = [8, 9, 6, 7, 4, 5, 2]
    expected = sorted(100 * place + number for place in range(20) for number in best[: 7 if place < 8 else 6])
    assert [int(one.id) for one in chosen] == expected
    assert len(chosen) == 128 and len({one.category for one in chosen}) == 20


def test_the_choice_does_not_depend_on_the_order_of_the_file(things: list[RawObject]) -> None:
    assert select(things[::-1], "default") == select(things, "default")


def test_a_category_with_fewer_gives_what_it_has(things: list[RawObject]) -> None:
    few = [one for one in things if one.category != "book" or int(one.id) % 100 < 2]
    assert len(select(few, "default")) == 128 - 6 + 2


def test_two_pieces_are_passed_over_unless_an_rle_holds_them(things: list[RawObject]) -> None:
    pieces = [one for one in things if int(one.id) % 100 == 24]
    assert select(pieces, "default") == []
    whole = [replace(one, segmentation={"size": [480, 640], "counts": [307200]}) for one in pieces]
    assert len(select(whole, "default")) == 20


def test_all_keeps_every_instance_of_32_pixels_squared(things: list[RawObject]) -> None:
    chosen = {int(one.id) for one in select(things, "all")}
    assert chosen == {int(one.id) for one in things} - {6001}
    assert 6000 in chosen and 25 not in chosen


def test_a_file_lists_ids(things: list[RawObject], tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text('\ufeff107,\r\n000000000003\n# more\n107\r"6001";107.0\n')
    assert [int(one.id) for one in select(things, str(listed))] == [3, 107, 6001]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"7\nseven\n", "expected one annotation id a line, got 'seven' in line 2"),
        (b"", "expected one annotation id a line, got an empty file"),
        (b"\xff\xfe", "expected default, all or a file of annotation ids, got text in UTF-16"),
        (b"3\n99999\n88888\n", "expected ids of annotations that can be used, got 2 others, the first 88888"),
    ],
)
def test_a_list_that_cannot_be_used_is_an_error(
    things: list[RawObject], tmp_path: Path, text: bytes, message: str
) -> None:
    listed = write(tmp_path / "ids.txt", text)
    with pytest.raises(ValueError, match=f"^--objects {listed}: {message}"):
        select(things, str(listed))


@pytest.mark.parametrize(
    ("choice", "got"), [("none", "'none'"), ("/no/such/file", "'/no/such/file'"), (".", "a folder")]
)
def test_another_choice_is_an_error(choice: str, got: str) -> None:
    with pytest.raises(ValueError, match=f"expected default, all or a file of annotation ids, got {got}"):
        read_choice(choice)


def held_out_kinds(things: list[RawObject]) -> list[RawObject]:
    """Six sound ones of each test category, four in photographs of their own."""
    plain, more = next(one for one in things if one.category == "cup"), []
    for place, category in enumerate(TEST_CATEGORIES):
        for n in range(6):
            number = 9000 + 10 * place + n
            image = plain.image if n < 2 else plain.image.with_name(f"{number}.jpg")
            size = {"bbox": (10.0, 10.0, 200.0 - n, 200.0), "area": 200.0 * (200 - n)}
            more.append(replace(plain, id=f"{number:012d}", image=image, category=category, **size))
    return more


def with_split(one: RawObject, split: str) -> RawObject:
    return replace(one, origin=replace(one.origin, split=split))


def test_the_recipe_tests_on_other_categories_from_other_photographs(things: list[RawObject]) -> None:
    found = choose_objects([*things, *held_out_kinds(things)], "default")
    tested = [one for one in found.objects if one.origin.split == "test"]
    assert [one.category for one in tested] == [name for name in TEST_CATEGORIES for _ in range(4)]
    train = [one for one in found.objects if one.origin.split != "test"]
    assert train == select(things, "default")
    assert {one.image for one in tested}.isdisjoint(one.image for one in train)
    assert found.counts == {
        "annotations": len(things) + 48,
        "chosen": 160,
        "held_out": 32,
        "blurred": 0,
    }
    none = choose_objects([*things, *held_out_kinds(things)], "default", hold_out=False)
    assert none.objects == train and none.counts["held_out"] == 0


def test_objects_that_the_side_car_trains_on_are_not_held_out_by_kind(things: list[RawObject]) -> None:
    more = [with_split(one, "train") for one in held_out_kinds(things)]
    assert choose_objects([*things, *more], "default").counts["held_out"] == 0


@pytest.mark.parametrize("blur", [MOST_BLUR + 0.1, None])
def test_blurred_ones_give_their_places_to_the_next(things: list[RawObject], blur: float | None) -> None:
    asked: list[str] = []

    def blur_of(one: RawObject) -> float | None:
        asked.append(one.id)
        return blur if one.category == "cup" and one.bbox[2] >= 103 else MOST_BLUR

    found = choose_objects(things, "default", hold_out=False, blur_of=blur_of)
    cups = [int(one.id) % 100 for one in found.objects if one.category == "cup"]
    assert cups == [0, 1, 2, 3, 4, 5] and found.counts["blurred"] == 4
    assert len(asked) == len(set(asked)) == 127 + 4, "no more are measured than there are places to fill"


def test_no_more_than_four_times_the_places_are_measured(things: list[RawObject]) -> None:
    plain = next(one for one in things if one.category == "book")
    many = [replace(plain, id=f"{number:012d}") for number in range(200)]
    found = choose_objects(many, "default", blur_of=lambda one: 9.0)
    assert found.objects == [] and found.counts["blurred"] == 24


def test_missing_objects_of_the_recipe_are_one_line(things: list[RawObject]) -> None:
    problems: list[Problem] = []
    few = [one for one in things if one.category not in ("cake", "book") or int(one.id) % 100 < 2]
    choose_objects(few, "default", hold_out=False, report=problems.append)
    assert [f"{problem.action} {problem}" for problem in problems] == [
        "noted COCO/annotations: expected 6 sound objects or more of each of 20 categories, got 2 cake, 2 book"
    ]
    problems.clear()
    choose_objects(things, "default", report=problems.append)
    assert str(problems[0]).endswith(
        "and 4 of each of 8 others to test on, got none of 8 (umbrella, handbag, frisbee, …)"
    )


def test_of_all_the_test_categories_are_held_out_with_their_photographs(things: list[RawObject]) -> None:
    other = [replace(one, image=one.image.with_name("other.jpg")) for one in things if one.category == "cup"]
    found = choose_objects([*held_out_kinds(things), *things, *other], "all").objects
    held = {one.image.name for one in found if one.origin.split == "test"}
    assert {one.image.name for one in found if one.origin.split is None} == {"other.jpg"}
    assert "000000000001.jpg" in held and len(held) == 1 + 4 * 8


def test_the_side_car_keeps_a_photograph_for_training(things: list[RawObject]) -> None:
    train = [with_split(one, "train") for one in things if one.category == "cup"]
    found = choose_objects([*train, *held_out_kinds(things)], "all").objects
    photo = {one.origin.split for one in found if one.image == train[0].image}
    assert photo == {"train", None} and sum(one.origin.split == "test" for one in found) == 32


def test_nothing_is_held_out_where_nothing_would_be_left(things: list[RawObject]) -> None:
    only = held_out_kinds(things)
    assert choose_objects(only, "all").objects == only
    none = [one for one in things if one.category not in TEST_CATEGORIES and one.area >= 32**2]
    assert all(one.origin.split is None for one in choose_objects(none, "all").objects)


def test_objects_are_gone_through_once_and_few_are_held(things: list[RawObject]) -> None:
    plain = next(one for one in things if one.category == "cup")
    held: list[weakref.ref[Held]] = []
    most = 0

    class Held(list[list[float]]):
        """A list that can be watched."""

    def stream() -> Iterator[RawObject]:
        nonlocal most
        for number in range(300):
            outline = Held(plain.segmentation)
            held.append(weakref.ref(outline))
            most = max(most, sum(one() is not None for one in held[-100:]))
            yield replace(plain, id=f"{number:012d}", segmentation=outline)

    assert len(choose_objects(stream(), "default").objects) == 7
    assert most < 80


def test_what_is_too_small_for_all_is_counted_with_what_the_reader_skipped(things: list[RawObject]) -> None:
    found = choose_objects(things, "all", skipped={"crowds": 3})
    assert found.skipped == {"crowds": 3, "too small (below 32x32)": 1}


def test_what_the_default_passes_over_is_counted_by_reason(things: list[RawObject]) -> None:
    found = choose_objects(things, "default", hold_out=False, skipped={"crowds": 3})
    assert found.skipped == {
        "crowds": 3,
        "at the border of the picture": 20,
        "too small (below 64x64)": 22,
        "more than 5 times as long as wide": 20,
        "sparse in the box": 20,
        "in more than one piece": 20,
        "of other categories than the 20 of the default (--objects all takes them)": 20,
    }
    blurred = choose_objects(things, "default", blur_of=lambda one: 9.0).skipped
    assert blurred["blurred"] == 200
    assert blurred["of other categories than the 28 of the default (--objects all takes them)"] == 20
    names = (CATEGORIES[0], CATEGORIES[1])
    assert (
        choose_objects([one for one in things if one.category in names], "default").skipped[
            "sparse in the box"
        ]
        == 2
    )
