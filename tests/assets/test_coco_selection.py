from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from assets.coco import read_objects
from assets.coco_selection import CATEGORIES, read_choice, select_objects
from assets.records import RawObject
from tests.raw_trees import annotation, coffee, encoded, square, write

NAMES = [
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "remote",
    "cell phone",
    "book",
]


def box(
    number: int, category: int, x: float, y: float, width: float, height: float, fill: float = 1.0
) -> dict[str, object]:
    return annotation(
        number,
        category=category,
        bbox=[x, y, width, height],
        area=width * height * fill,
        segmentation=square(x, y, width, height),
    )


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
            box(first + 23, category, 10, 10, 400, 400, 0.2),
            box(first + 24, category, 10, 10, 300, 300) | {"segmentation": square(10, 10, 9, 9) * 2},
            box(first + 25, category, 10, 10, 400, 400) | {"iscrowd": 1},
        ]
    rows += [box(5000 + n, 1, 10, 10, 300, 300) for n in range(20)]
    rows += [box(6000, 47, 10, 10, 32, 32), box(6001, 47, 10, 10, 31, 32)]
    random.Random(1).shuffle(rows)
    listing = {
        "images": [{"id": 1, "file_name": "000000000001.jpg", "height": 480, "width": 640}],
        "categories": [{"id": 1, "name": "person"}]
        + [{"id": number, "name": name} for number, name in zip(CATEGORIES, NAMES, strict=True)],
        "annotations": rows,
    }
    write(raw / "COCO/annotations/instances_val2017.json", json.dumps(listing).encode())
    problems: list[object] = []
    found = list(read_objects(raw, problems.append))
    assert problems == []
    return found


def test_default_is_the_128_of_20_categories(things: list[RawObject]) -> None:
    chosen = select_objects(things, "default")
    # The largest first, of equals the lower id: widths go up by one every two.
    best = [8, 9, 6, 7, 4, 5, 2]
    expected = sorted(100 * place + number for place in range(20) for number in best[: 7 if place < 8 else 6])
    assert [int(one.id) for one in chosen] == expected
    assert len(chosen) == 128 and len({one.category for one in chosen}) == 20


def test_the_choice_does_not_depend_on_the_order_of_the_file(things: list[RawObject]) -> None:
    assert select_objects(things[::-1], "default") == select_objects(things, "default")


def test_a_category_with_fewer_gives_what_it_has(things: list[RawObject]) -> None:
    few = [one for one in things if one.category_id != 84 or int(one.id) % 100 < 2]
    assert len(select_objects(few, "default")) == 128 - 6 + 2


def test_two_pieces_are_passed_over_unless_an_rle_holds_them(things: list[RawObject]) -> None:
    pieces = [one for one in things if int(one.id) % 100 == 24]
    assert select_objects(pieces, "default") == []
    whole = [replace(one, segmentation={"size": [480, 640], "counts": [307200]}) for one in pieces]
    assert len(select_objects(whole, "default")) == 20


def test_all_keeps_every_instance_of_32_pixels_squared(things: list[RawObject]) -> None:
    chosen = {int(one.id) for one in select_objects(things, "all")}
    assert chosen == {int(one.id) for one in things} - {6001}
    assert 6000 in chosen and 25 not in chosen


def test_a_file_lists_ids(things: list[RawObject], tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text("\ufeff107\r\n3\n\n107\n6001\n")
    assert [int(one.id) for one in select_objects(things, str(listed))] == [3, 107, 6001]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"7\nseven\n", r"expected one annotation id a line, got invalid literal for int\(\) .* 'seven'"),
        (b"", "expected one annotation id a line, got an empty file"),
        (b"\xff\xfe", "expected one annotation id a line, got .* decode"),
        (b"3\n99999\n88888\n", "expected ids of annotations that can be used, got 2 others, the first 88888"),
    ],
)
def test_a_list_that_cannot_be_used_is_an_error(
    things: list[RawObject], tmp_path: Path, text: bytes, message: str
) -> None:
    listed = write(tmp_path / "ids.txt", text)
    with pytest.raises(ValueError, match=f"^--objects {listed}: {message}"):
        select_objects(things, str(listed))


@pytest.mark.parametrize("choice", ["none", "/no/such/file", "."])
def test_another_choice_is_an_error(choice: str) -> None:
    with pytest.raises(
        ValueError, match=f"expected default, all or a file of annotation ids, got '{choice}'"
    ):
        read_choice(choice)
