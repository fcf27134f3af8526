from __future__ import annotations

import json
import math
import os
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from assets.datasets.coco.reader import read_objects
from assets.problems import Problem
from assets.records import RawObject
from tests.raw_trees import add_objects, add_sidecar, annotation, coffee, encoded, square, write

FILE = "COCO/annotations/instances_sample.json"
DERIVED = (
    f"{FILE}: expected the area and the bbox of the outline, got others in annotations: 1 (3); "
    "measured on the outline"
)


def read(raw: Path) -> tuple[list[RawObject], list[str]]:
    """The instances, and the findings but for unmatched inputs."""
    problems: list[Problem] = []
    things = list(read_objects(raw, problems.append))
    return things, [str(problem) for problem in problems if problem.action != "unmatched"]


def test_instances_come_by_id_with_all_their_facts(tmp_path: Path) -> None:
    rle = {"size": [200, 300], "counts": [0, 100, 59900]}
    add_objects(tmp_path, [annotation(12), annotation(3, segmentation=rle), annotation(5, iscrowd=1)])
    add_sidecar(tmp_path / "COCO", {"file": "sample/000000000001.jpg", "photo": "ab" * 32, "split": "test"})
    things, problems = read(tmp_path)
    assert [thing.id for thing in things] == ["000000000003", "000000000012"]
    assert problems == [
        DERIVED,
        f"{FILE}: expected annotations of single things, got 2 taken, skipped: 1 crowd",
    ]
    assert things[0].segmentation == rle
    cup = things[1]
    assert (cup.category, cup.image_size) == ("cup", (200, 300))
    assert (cup.bbox, cup.area) == ((60.0, 50.0, 100.0, 80.0), 8000.0)
    assert cup.image == tmp_path / "COCO/sample/000000000001.jpg"
    assert (cup.origin.photo, cup.origin.split) == ("ab" * 32, "test")


def test_every_annotation_file_is_read_and_photographs_may_lie_under_images(tmp_path: Path) -> None:
    add_objects(tmp_path, [annotation(1)], "train2017")
    add_objects(tmp_path, [annotation(2)], "val2017")
    (tmp_path / "COCO/images").mkdir()
    (tmp_path / "COCO/val2017").rename(tmp_path / "COCO/images/val2017")
    things, problems = read(tmp_path)
    assert [thing.image.parent.relative_to(tmp_path).as_posix() for thing in things] == [
        "COCO/train2017",
        "COCO/images/val2017",
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"image_id": 9}, "expected an image of its own file, got image_id 9 that is not listed"),
        ({"category_id": 3}, "expected a category of its own file, got category_id 3"),
        ({"segmentation": []}, "expected polygons or RLE, got no segmentation"),
        ({"segmentation": None}, "expected polygons or RLE, got no segmentation"),
        (
            {"segmentation": square(400, 300, 50, 50)},
            "expected an outline with an area on the picture, got one without",
        ),
        (
            {"segmentation": {"size": [200, 300], "counts": [60000]}},
            "expected an outline with an area on the picture, got one without",
        ),
        ({"iscrowd": "perhaps"}, "expected iscrowd as 0 or 1, got 'perhaps'"),
        ({"ignore": [0]}, "expected ignore as 0 or 1, got [0]"),
        ({"image_id": None}, "expected an image of its own file, got image_id none that is not listed"),
        ({"category_id": None}, "expected a category of its own file, got category_id none"),
    ],
)
def test_a_faulty_annotation_is_named_and_its_neighbour_kept(
    tmp_path: Path, fields: dict[str, object], problem: str
) -> None:
    add_objects(tmp_path, [annotation(7, **fields), annotation(8)])
    things, problems = read(tmp_path)
    assert [thing.id for thing in things] == ["000000000008"]
    assert problems == [f"{FILE} annotation 7: {problem}"]


def test_an_annotation_without_an_id_is_named_by_its_place(tmp_path: Path) -> None:
    add_objects(tmp_path, [annotation(8), annotation(7, id=None), "nonsense"])
    things, problems = read(tmp_path)
    assert len(things) == 1
    assert [problem.split(":")[0] for problem in problems] == [
        f"{FILE} annotations[1]",
        f"{FILE} annotations[2]",
    ]


@pytest.mark.parametrize("name", ["/etc/hostname", "../../secret.jpg"])
def test_a_photograph_outside_the_dataset_is_not_read(tmp_path: Path, name: str) -> None:
    write(tmp_path / "secret.jpg", encoded(coffee()))
    image = {"id": 1, "file_name": name, "height": 200, "width": 300}
    add_objects(tmp_path, [annotation(7)], images=[image])
    things, problems = read(tmp_path)
    assert things == []
    assert problems == [f"{FILE} annotation 7: expected a photograph in sample, got file_name '{name}'"]


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b'{"images": [', "text that is cut short at byte 12"),
        (b"", "its end after 0 bytes in place of '{'"),
        (b"[]", "'[' at byte 0 in place of '{'"),
        (b'{"images": [], "categories": []}', "no annotations"),
        (b'{"images": [7]}', "no categories, annotations"),
        (b'{"images": [{"id": 1, "file_name": "\xff.jpg"}]}', "another encoding (0xff at byte 36)"),
        (b"\xff\xfe\xfa", "text in UTF-16; save it as UTF-8"),
        (b'{"images": [], "images": []}', "the key 'images' twice, again at byte "),
        (b'{"images": [{"id": 1, "id": 2}]}', "the key 'id' twice in one object of images"),
    ],
)
def test_a_damaged_annotation_file_is_named(tmp_path: Path, data: bytes, got: str) -> None:
    write(tmp_path / FILE, data)
    things, problems = read(tmp_path)
    assert things == [] and len(problems) == 1
    assert problems[0].startswith(
        f"{FILE}: expected COCO json with images, categories, annotations, got {got}"
    )


def test_a_dataset_without_annotations_is_named(tmp_path: Path) -> None:
    (tmp_path / "COCO").mkdir()
    assert read(tmp_path)[1] == ["COCO/annotations: expected instances_*.json, got no annotation file"]


def test_the_annotation_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = add_objects(tmp_path, [annotation(7)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert json.loads(path.read_bytes())
    assert [thing.id for thing in read(tmp_path)[0]] == ["000000000007"]


def test_a_file_that_breaks_off_gives_nothing_of_it(tmp_path: Path) -> None:
    path = add_objects(tmp_path, [annotation(number) for number in range(40)])
    path.write_bytes(path.read_bytes()[:-900])
    things, problems = read(tmp_path)
    assert things == [] and len(problems) == 1 and "COCO json" in problems[0]


def test_names_in_any_letters_and_members_in_any_order(tmp_path: Path) -> None:
    name = "kürbis 😀 é.jpg"
    image = {"id": 1, "file_name": name, "height": 200, "width": 300}
    path = add_objects(tmp_path, [annotation(7)], images=[image])
    write(tmp_path / "COCO/sample" / name, encoded(coffee()))
    data = json.loads(path.read_bytes())
    turned = {name: data[name] for name in ("annotations", "categories", "images")} | {"info": {"a": [1]}}
    for text in (json.dumps(turned), json.dumps(turned, ensure_ascii=False, indent=2)):
        path.write_bytes(text.encode())
        things, problems = read(tmp_path)
        assert [thing.image.name for thing in things] == [name] and problems == []


def test_a_second_annotation_of_an_id_is_named_in_one_file_and_in_two(tmp_path: Path) -> None:
    add_objects(tmp_path, [annotation(7), annotation(7), annotation(8, segmentation=[])], "a")
    add_objects(tmp_path, [annotation(7), annotation(8)], "b")
    things, problems = read(tmp_path)
    assert [(thing.id, thing.area) for thing in things] == [("000000000007", 8000), ("000000000008", 8000)]
    assert [problem for problem in problems if "of its own" in problem] == [
        f"COCO/annotations/instances_{name}.json annotation 7: expected an id of its own, "
        "got the id 7 of another annotation"
        for name in ("a", "b")
    ]


def test_no_more_is_held_than_where_the_annotations_are(tmp_path: Path) -> None:
    """Ten megabytes of outlines, and a tenth of that in memory beside what is yielded."""
    turns = [at / 1000 * 2 * math.pi for at in range(1000)]
    outline = [[part for turn in turns for part in (100 + 40 * math.cos(turn), 90 + 40 * math.sin(turn))]]
    add_objects(tmp_path, [annotation(number, segmentation=outline) for number in range(800)])
    tracemalloc.start()
    assert sum(1 for _ in read_objects(tmp_path, lambda problem: None)) == 800
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / FILE).stat().st_size > 9e6 and peak < 6e6


@pytest.mark.parametrize(
    ("lists", "expected", "got", "refused"),
    [
        (
            {"images": [(1, "000000000001.jpg"), (1, "other.jpg"), (2, "a.jpg"), (1, "000000000001.jpg")]},
            "an image id of its own",
            "image_id 1 of several images",
            (7, 8),
        ),
        (
            {"categories": [(47, "cup"), (3, "car"), (47, "fork")]},
            "a category id of its own",
            "category_id 47 of several categories",
            (7,),
        ),
        (
            {"categories": [(47, "c"), (3, "car"), (47, "c")]},
            "a category id of its own",
            "category_id 47 of several categories",
            (7,),
        ),
    ],
)
def test_of_entries_that_share_an_id_none_is_used(
    tmp_path: Path, lists: dict[str, list[tuple[int, str]]], expected: str, got: str, refused: tuple[int, ...]
) -> None:
    """Neither the photograph nor the class of such an annotation can be known."""
    listed = {
        key: [
            {"id": number, "name": name, "file_name": name, "height": 200, "width": 300}
            for number, name in rows
        ]
        for key, rows in ({"categories": [(47, "cup"), (3, "car")]} | lists).items()
    }
    write(tmp_path / "COCO/sample/other.jpg", encoded(coffee()))
    add_objects(tmp_path, [annotation(7), annotation(8, category=3)], **listed)
    things, problems = read(tmp_path)
    assert [int(thing.id) for thing in things] == [number for number in (7, 8) if number not in refused]
    first = got.split()[1]
    assert problems == [
        f"{FILE}: expected {expected} for each, got ids that several have: 1 ({first}); none is used",
        *(f"{FILE} annotation {number}: expected {expected}, got {got}" for number in refused),
    ]


def test_names_that_are_not_utf_8_are_named_and_not_used(tmp_path: Path) -> None:
    """They can't become values of the bank's table."""
    add_objects(tmp_path, [annotation(7)])
    odd = os.fsdecode(b"\xff")
    named = {"id": 3, "file_name": f"{odd}.jpg", "height": 200, "width": 300}
    write(tmp_path / f"COCO/sample/{odd}.jpg", encoded(coffee()))
    add_objects(tmp_path, [annotation(7, 3)], images=[named])
    (tmp_path / f"COCO/{odd}").symlink_to("sample")
    add_objects(tmp_path, [annotation(8)], split="other")
    (tmp_path / "COCO/annotations/instances_other.json").rename(
        tmp_path / f"COCO/annotations/instances_{odd}.json"
    )
    problems: list[Problem] = []
    assert list(read_objects(tmp_path, problems.append)) == []
    assert sorted(str(problem) for problem in problems if problem.action != "unmatched") == [
        r"COCO/annotations/instances_\udcff.json: expected a name in UTF-8, got other bytes",
        "COCO/annotations/instances_sample.json annotation 7: expected a file_name in UTF-8, "
        r"got '\udcff.jpg'",
    ]


def test_a_name_longer_than_any_file_s_is_named(tmp_path: Path) -> None:
    image = {"id": 3, "file_name": f"{'9' * 5000}.jpg", "height": 200, "width": 300}
    add_objects(tmp_path, [annotation(7, 3)], images=[image])
    add_sidecar(tmp_path / "COCO", {"file": f"sample/{'9' * 5000}.jpg", "split": "test"})
    problems: list[Problem] = []
    assert list(read_objects(tmp_path, problems.append)) == []
    assert sorted(problem.action for problem in problems) == ["unmatched"] * 3
    assert all(len(str(problem)) < 1500 for problem in problems)


def refusals(raw: Path) -> tuple[list[str], list[str]]:
    """Ids of the instances, and the problems without their file."""
    things, problems = read(raw)
    return [thing.id.lstrip("0") for thing in things], [
        problem.removeprefix(f"{FILE}") for problem in problems
    ]


def test_names_decide_and_other_numbers_are_one_line(tmp_path: Path) -> None:
    categories = [(41, "Cup"), (47, "person"), (28, "SPORTS_ball"), (3, "mug"), ("a", "teddy-bear")]
    listed = [{"id": number, "name": name} for number, name in categories]
    rows = [annotation(n, category=listed[n]["id"]) for n in range(5)]  # type: ignore[arg-type]
    add_objects(tmp_path, rows, categories=listed)
    things, problems = read(tmp_path)
    assert [thing.category for thing in things] == ["cup", "person", "sports ball", "mug", "teddy bear"]
    assert problems == [
        f"{FILE}: expected COCO's category ids, got others: 4 (41 cup, 47 person, 28 sports ball, …); "
        "the names decide"
    ]


def test_categories_without_a_name_and_with_one_name_are_said(tmp_path: Path) -> None:
    names = [(1, None), (2, ""), (3, "mug"), (4, "Mug"), (47, "cup")]
    rows = [annotation(number, category=number) for number, _ in names]
    add_objects(tmp_path, rows, categories=[{"id": number, "name": name} for number, name in names])
    things, problems = read(tmp_path)
    assert [(int(thing.id), thing.category) for thing in things] == [(3, "mug"), (4, "mug"), (47, "cup")]
    assert problems == [
        f"{FILE}: expected categories with an id and a name, got entries without: 2 (id 1, id 2)",
        f"{FILE}: expected a name of its own for each category, got names under several ids: 1 (Mug); taken as one",
        *(f"{FILE} annotation {n}: expected a category of its own file, got category_id {n}" for n in (1, 2)),
    ]


def test_a_file_name_of_two_images_is_ambiguous(tmp_path: Path) -> None:
    names = {1: "000000000001.jpg", 2: "000000000001.jpg", 3: "b.jpg"}
    write(tmp_path / "COCO/sample/b.jpg", encoded(coffee()))
    images = [{"id": n, "file_name": name, "height": 200, "width": 300} for n, name in names.items()]
    add_objects(tmp_path, [annotation(n, image=n) for n in names], images=images)
    ids, problems = refusals(tmp_path)
    assert ids == ["3"]
    got = "file_name '000000000001.jpg' of several images"
    assert problems == [
        ": expected a file_name of its own for each image, got names that several have: 1 (000000000001.jpg); none is used",
        *(f" annotation {n}: expected a file_name of its own, got {got}" for n in (1, 2)),
    ]


def test_a_file_of_crowds_alone_is_said_and_counted(tmp_path: Path) -> None:
    rows = [annotation(7, iscrowd="1"), annotation(8, iscrowd=True), annotation(9, ignore=1)]
    add_objects(tmp_path, [*rows, annotation(10, image=9)])
    skipped = Counter[str]()
    problems: list[Problem] = []
    assert list(read_objects(tmp_path, problems.append, skipped)) == []
    assert skipped == {"crowds": 2, "marked to be ignored": 1, "with an unlisted image": 1}
    assert [f"{problem.action} {problem.got}" for problem in problems] == [
        "refused image_id 9 that is not listed",
        "noted none taken, skipped: 2 crowds, 1 marked to be ignored, 1 with an unlisted image",
    ]


@pytest.mark.parametrize("number", ["0", False, "false", 0.0, None])
def test_a_flag_that_is_not_set_takes_the_annotation(tmp_path: Path, number: object) -> None:
    add_objects(tmp_path, [annotation(7) | {"iscrowd": number}])
    assert refusals(tmp_path) == (["7"], [])


def test_ids_and_sizes_may_be_text(tmp_path: Path) -> None:
    image = {"id": "0001", "file_name": "000000000001.jpg", "height": "200", "width": 300.0}
    category = {"id": "47", "name": "cup"}
    rows = [annotation("7"), annotation(8) | {"image_id": "1", "category_id": 47.0}]  # type: ignore[arg-type]
    add_objects(tmp_path, rows, images=[image], categories=[category])
    things, problems = read(tmp_path)
    assert [(thing.id, thing.image_size) for thing in things] == [
        ("000000000007", (200, 300)),
        ("000000000008", (200, 300)),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("image", "got"),
    [
        ({"file_name": None}, "expected an image with a file_name, got one without"),
        ({"height": None}, "expected an image with height and width in pixels, got height none, width 300"),
        ({"width": "wide"}, "expected an image with height and width in pixels, got height 200, width wide"),
        (
            {"file_name": "C:\\\\data\\\\a.jpg"},
            "expected a photograph in sample, got file_name 'C:/data/a.jpg'",
        ),
    ],
)
def test_an_image_that_lacks_something_is_said_in_words(
    tmp_path: Path, image: dict[str, object], got: str
) -> None:
    listed = {"id": 1, "file_name": "000000000001.jpg", "height": 200, "width": 300} | image
    add_objects(tmp_path, [annotation(7)], images=[listed])
    assert refusals(tmp_path) == ([], [f" annotation 7: {got}"])


@pytest.mark.parametrize(
    "image",
    [
        {"coco_url": "http://images.cocodataset.org/sample/000000000001.jpg"},
        {"coco_url": "http://images.cocodataset.org/elsewhere/000000000001.jpg"},
        {"file_name": "sample/000000000001.jpg"},
        {"file_name": "sample\\000000000001.jpg"},
        {"file_name": "./000000000001.jpg"},
    ],
)
def test_photographs_are_found_by_their_folder_s_name_or_url(tmp_path: Path, image: dict[str, str]) -> None:
    add_objects(tmp_path, [annotation(7)], images=[{"id": 1, "height": 200, "width": 300} | image])
    assert refusals(tmp_path) == (["7"], [])


def test_a_photograph_of_another_split_is_found_by_its_url(tmp_path: Path) -> None:
    """LVIS's files list photographs of train2017 and val2017."""
    write(tmp_path / "COCO/images/val2017/9.jpg", encoded(coffee()))
    url = "http://images.cocodataset.org/val2017/9.jpg"
    add_objects(tmp_path, [annotation(7)], images=[{"id": 1, "coco_url": url, "height": 200, "width": 300}])
    (thing,) = read(tmp_path)[0]
    assert thing.image == tmp_path / "COCO/images/val2017/9.jpg"


@pytest.mark.parametrize(
    ("fields", "noted"),
    [
        ({"area": 0}, True),
        ({"area": None}, False),
        ({"bbox": None}, False),
        ({"area": "large"}, True),
        ({"area": 60000}, True),
        ({"area": "8000", "bbox": ["60", "50", "100", "80"]}, False),
        ({"bbox": [60, 50, 160, 130]}, True),
        ({"bbox": [60, 50, 0, 80]}, True),
        ({"bbox": [60, 50, 10]}, True),
        ({"bbox": [float("nan")] * 4}, True),
        ({"bbox": [59, 49, 102, 82], "area": 8120}, False),
    ],
)
def test_area_and_box_are_measured_and_contradictions_noted(
    tmp_path: Path, fields: dict[str, object], noted: bool
) -> None:
    add_objects(tmp_path, [annotation(7, **fields)])
    (thing,), problems = read(tmp_path)
    assert thing.area == pytest.approx(8000, rel=0.02)
    assert thing.bbox == pytest.approx((60, 50, 100, 80), abs=2)
    assert problems == [DERIVED.replace("(3)", "(7)")] * noted


def test_a_point_far_outside_is_left_out_and_said(tmp_path: Path) -> None:
    outline = [60.0, 50, 160, 50, 160, 130, 100, 130, 60, 130]
    add_objects(tmp_path, [annotation(7, segmentation=[[*outline, 9000.0, 9000.0]]), annotation(8)])
    things, problems = read(tmp_path)
    assert things[0].segmentation == [outline]
    assert problems == [
        f"{FILE}: expected points on the picture, got points far outside or without a position in "
        "annotations: 1 (7); left out"
    ]


@pytest.mark.parametrize("side", [10_001, 10**6, 10**10, 10**400], ids=["1e4", "1e6", "1e10", "400 digits"])
@pytest.mark.parametrize("form", ["polygon", "exterior", "runs", "list of runs"])
def test_a_stated_size_beyond_any_picture_refuses_before_the_outline_is_measured(
    tmp_path: Path, side: int, form: str
) -> None:
    runs = {"size": [side, side], "counts": [0, 50, side * side - 50]}
    line = [0, 0, 10**6, 0, 10**6, 10**6]
    shapes: dict[str, object] = {
        "polygon": [line],
        "exterior": [{"exterior": line, "interiors": [[1, 1, 9, 1, 9, 9]]}],
        "runs": runs,
        "list of runs": [runs, runs],
    }
    huge = {"id": 2, "file_name": "000000000002.jpg", "height": side, "width": side}
    sound = {"id": 1, "file_name": "000000000001.jpg", "height": 200, "width": 300}
    add_objects(
        tmp_path,
        [annotation(7, image=2, segmentation=shapes[form], area=None, bbox=None), annotation(8)],
        images=[huge, sound],
    )
    things, (problem,) = read(tmp_path)
    assert [thing.id for thing in things] == ["000000000008"]
    assert problem.startswith(
        f"{FILE} annotation 7: expected an image with the height and width of its photo"
    )
    assert problem.endswith("more than 100 million")


@pytest.mark.parametrize(
    "second", ["sample/000000000001.jpg", "./000000000001.jpg", "images/sample/000000000001.jpg"]
)
def test_two_images_of_one_file_are_seen_in_every_spelling_of_it(tmp_path: Path, second: str) -> None:
    image = {"id": 1, "file_name": "000000000001.jpg", "height": 200, "width": 300}
    other = image | {"id": 2, "file_name": second}
    add_objects(tmp_path, [annotation(7), annotation(8, image=2)], images=[image, other])
    things, problems = read(tmp_path)
    assert things == [] and len(problems) == 3
    assert problems[0] == (
        f"{FILE}: expected a file_name of its own for each image, "
        f"got names that several have: 1 ({second}); none is used"
    )


def test_numbers_as_text_with_a_decimal_point(tmp_path: Path) -> None:
    image = {"id": 1, "file_name": "000000000001.jpg", "height": "200.0", "width": "300.0"}
    add_objects(tmp_path, [annotation("7.0", image="1.0", category="47.0")], images=[image])
    things, problems = read(tmp_path)
    assert [(thing.id, thing.image_size) for thing in things] == [("000000000007", (200, 300))]
    assert problems == []
