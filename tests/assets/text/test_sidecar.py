from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.problems import Problem
from assets.text.sidecar import Sidecar
from assets.text.sidecar_row import EMPTY_ROW, SidecarRow
from tests.raw_trees import add_sidecar, write


def opened(root: Path, problems: list[Problem]) -> Sidecar:
    return Sidecar(root / "set", root, problems.append)


def lines(root: Path, *rows: dict[str, object]) -> list[str]:
    """What is said of rows about a picture that is there."""
    write(root / "set/a.jpg", b"x")
    add_sidecar(root / "set", *({"file": "a.jpg"} | row for row in rows))
    problems: list[Problem] = []
    opened(root, problems)
    return [str(problem) for problem in problems]


def test_a_row_says_what_the_layout_has_no_place_for(tmp_path: Path) -> None:
    write(tmp_path / "set/img/a.jpg", b"x")
    row = {
        "file": "img/a.jpg",
        "photo": "AB12" * 16,
        "person": "ada",
        "split": "test",
        "licence": "CC0",
        "grade": "A",
        "landmarks": '{"nose": [10, 20.5], "facemesh": [[1, 2], [3, 4]]}',
        "rot_deg": "-90",
        "source": "an attic",
    }
    add_sidecar(tmp_path / "set", row)
    problems: list[Problem] = []
    found = opened(tmp_path, problems).row_of("img/a.jpg")
    assert found == SidecarRow(
        photo="ab12" * 16,
        person="ada",
        split="test",
        licence="CC0",
        grade="A",
        landmarks={"nose": (10.0, 20.5)},
        rot_deg=-90.0,
        source="an attic",
    )
    assert found.origin("set", "none").licence == "CC0"
    assert problems == []


def test_no_side_car_no_row_and_empty_cells_say_nothing(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert opened(tmp_path, problems).row_of("a.jpg") == EMPTY_ROW
    assert EMPTY_ROW.origin("set", "its own").licence == "its own"
    write(tmp_path / "set/a.jpg", b"x")
    add_sidecar(
        tmp_path / "set", {"file": "a.jpg", "split": "", "landmarks": "", "rot_deg": "", "person": " "}
    )
    side = opened(tmp_path, problems)
    assert side.row_of("a.jpg") == EMPTY_ROW and side.row_of("b.jpg") == EMPTY_ROW
    assert problems == []


def test_a_spreadsheet_s_byte_order_mark_and_decomposed_names_do(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zoë.jpg") for form in ("NFC", "NFD"))
    write(tmp_path / "set" / decomposed, b"x")
    write(tmp_path / "set/natocc.csv", f"\ufefffile,split\r\n{composed},test\r\n".encode())
    problems: list[Problem] = []
    found = opened(tmp_path, problems).row_of(decomposed)
    assert found.split == "test"
    assert problems == []


LANDMARKS = 'landmarks as JSON {"name": [x, y], …}, where "facemesh" is a list of [x, y]'


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"split": "val"}, "expected a split among train, test, excluded, got 'val'"),
        ({"landmarks": "[1, 2]"}, f"expected {LANDMARKS}, got a list"),
        ({"landmarks": '{"nose": [1]}'}, f"expected {LANDMARKS}, got [1]"),
        ({"landmarks": '{"nose": [NaN, 1]}'}, f"expected {LANDMARKS}, got nan"),
        ({"landmarks": '{"facemesh": 3}'}, f"expected {LANDMARKS}, got 3 as facemesh"),
        ({"landmarks": "nose"}, f"expected {LANDMARKS}, got no JSON at line 1, column 1"),
        (
            {"landmarks": '{"nose": [1, 2], "nose": [3, 4]}'},
            f"expected {LANDMARKS}, got the key 'nose' twice in one object",
        ),
        ({"rot_deg": "left"}, "expected rot_deg in degrees from -360 to 360, got 'left'"),
        ({"rot_deg": "inf"}, "expected rot_deg in degrees from -360 to 360, got 'inf'"),
        ({"rot_deg": "9_0"}, "expected rot_deg in degrees from -360 to 360, got '9_0'"),
        ({"rot_deg": "1e300"}, "expected rot_deg in degrees from -360 to 360, got '1e300'"),
        (
            {"photo": "nan"},
            "expected photo as the sha256 of the photograph, 64 hex digits, or nothing, got 'nan'",
        ),
        ({"landmarks": '{"nose": ["1_0", 1]}'}, f"expected {LANDMARKS}, got '1_0'"),
    ],
)
def test_a_damaged_row_is_named_and_its_picture_excluded(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    assert lines(tmp_path, row) == [f"set/natocc.csv:2: {said}"]
    assert opened(tmp_path, []).row_of("a.jpg").split == "excluded", "it may have said test"


def test_rows_about_nothing_and_second_rows_are_named(tmp_path: Path) -> None:
    assert lines(tmp_path, {}, {"file": "gone.jpg"}, {"file": "a.jpg", "person": "ada"}) == [
        "set/natocc.csv:4: expected one row an image, got another for a.jpg",
        "set/natocc.csv: expected a photograph for each row, "
        "got 1 row without a photograph (gone.jpg); correct or remove them",
    ]
    assert opened(tmp_path, []).row_of("a.jpg").split == "excluded", "which of them is right is unknown"


def test_rows_of_a_folder_that_is_gone_are_one_line(tmp_path: Path) -> None:
    rows = ({"file": f"gone/{number}.jpg"} for number in range(30))
    assert lines(tmp_path, *rows) == [
        "set/natocc.csv: expected a photograph for each row, got 30 rows without a photograph "
        "(gone/0.jpg, gone/1.jpg, gone/2.jpg, …); correct or remove them"
    ]


@pytest.mark.parametrize(
    ("row", "got"),
    [
        ("a.jpg,MIT, except where noted", "another number of cells"),
        ("a.jpg", "another number of cells"),
        (",MIT", "no image"),
    ],
)
def test_another_number_of_cells_is_named(tmp_path: Path, row: str, got: str) -> None:
    write(tmp_path / "set/a.jpg", b"x")
    write(tmp_path / "set/natocc.csv", f"file,licence\n{row}\n".encode())
    problems: list[Problem] = []
    opened(tmp_path, problems)
    assert [problem.got for problem in problems] == [got]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"name,split\na.jpg,test\n",
            "expected a column file and others among photo, person.*got name, split",
        ),
        (b"file,spilt\na.jpg,test\n", "got file, spilt; rename spilt to split"),
        (b"file,split,Split\na.jpg,test,\n", "expected each column once, got split twice"),
        ("file,split\na.jpg,test\n".encode("utf-16"), "got text in UTF-16; save it as UTF-8"),
        (b"", "got none"),
        (b"file,person\na.jpg,Zo\xeb\n", "expected a CSV table in UTF-8, got .*0xeb"),
    ],
)
def test_a_side_car_that_cannot_be_read_stops_all(tmp_path: Path, data: bytes, message: str) -> None:
    write(tmp_path / "set/natocc.csv", data)
    with pytest.raises(ValueError, match=f"^set/natocc.csv: .*{message}"):
        opened(tmp_path, [])


def test_a_frame_is_one_of_two(tmp_path: Path) -> None:
    assert lines(tmp_path, {"frame": "sideways"}) == [
        "set/natocc.csv:2: expected a frame among stored, upright, got 'sideways'"
    ]
    assert lines(tmp_path, {"frame": "Stored"}) == []
    assert opened(tmp_path, []).row_of("a.jpg").origin("d", "l").frame == "stored"


def split_of(
    root: Path, text: str, *images: str, patterns: tuple[str, ...] = ()
) -> tuple[list[str | None], list[str]]:
    """The splits of the images, which are there, and what is said."""
    for image in images:
        write(root / "set" / image, b"x")
    write(root / "set/natocc.csv", text.encode())
    problems: list[Problem] = []
    side = Sidecar(root / "set", root, problems.append, patterns)
    splits = [side.row_of(image).split for image in images]
    side.finish()
    return splits, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "text",
    [
        "file,split\nimg\\0.jpg,test\n1.jpg,train\n",
        "file;split\r\nimg/0.jpg;test\r\nimg/1.jpg;train\r\n",
        " File \tSPLIT\rset/img/00000.JPG\t TEST \rimg/1.jpg\tTrain\u00a0\r",
        "split,file\ntest,..\\set\\img\\0.jpg\n'train','1'\n".replace("'", '"'),
        "file,split,\n0,test,\nimg/1.jpg,train,\n",
    ],
)
def test_a_row_is_read_as_other_programs_write_it(tmp_path: Path, text: str) -> None:
    assert split_of(tmp_path, text, "img/0.jpg", "img/1.jpg") == (["test", "train"], [])


@pytest.mark.parametrize(
    "row",
    [
        '"img/0.jpg,test',
        'img/0.jpg,"test',
        "img/0.jpg,tst",
        "img/0.jpg,test,more",
        "img/0.jpg;test",
        '"img/0.jpg,test"',
        "7,img/0.jpg,test",
        "x/0.jpg,test",
    ],
)
def test_a_slip_keeps_the_image_out_of_training_and_takes_no_other_with_it(tmp_path: Path, row: str) -> None:
    splits, problems = split_of(
        tmp_path, f"file,split\n{row}\nimg/1.jpg,train\n", "img/0.jpg", "img/1.jpg", "img/2.jpg"
    )
    assert splits == ["excluded", "train", None]
    assert 1 <= len(problems) <= 2 and all(problem.startswith("set/natocc.csv") for problem in problems)


def test_a_row_that_does_not_tell_its_image_excludes_all_that_no_row_names(tmp_path: Path) -> None:
    splits, problems = split_of(
        tmp_path, "file,split\n,test\nimg/1.jpg,train\n", "img/0.jpg", "img/1.jpg", "img/2.jpg"
    )
    assert splits == ["excluded", "train", "excluded"]
    assert problems[1] == (
        "set/natocc.csv: expected rows that name an image, got none in 1 (line 2), which may have said test; "
        "2 images that no row names are excluded, the first img/0.jpg"
    )
    for row in ("img/*.jpg,test", "img,test", "img,tst"):
        assert split_of(tmp_path, f"file,split\n{row}\n", "img/0.jpg")[0] == ["excluded"]
    for row in ("gone.jpg,tst", "gone.jpg,test", "99,test", "img,train"):
        assert split_of(tmp_path, f"file,split\n{row}\n", "img/0.jpg")[0] == [None], row


@pytest.mark.parametrize(
    "row",
    [
        "mask/0_skin.png,test",
        "mask/0.png,test",
        "mask/IMG-0_mask.png,excluded",
        '"img/0.jpg,img/1.jpg",test',
        "img/0.jpg img/1.jpg,test",
        "img/ 0.jpg,test",
        '"[""img/0.jpg""]",test',
        '"[""img/0.jpg""]",tst',
        "0-1,test",
        '"img/0.jpg,1.jpg,test',
    ],
)
def test_a_row_of_another_file_or_of_several_is_named_and_excludes_what_it_may_mean(
    tmp_path: Path, row: str
) -> None:
    text = f"file,split\n{row}\nimg/2.jpg,train\n"
    images = (
        "img/0.jpg",
        "img/1.jpg",
        "img/2.jpg",
        "img/img_0.jpg",
        "mask/0_skin.png",
        "mask/IMG-0_mask.png",
    )
    splits, problems = split_of(tmp_path, text, *images, patterns=("img/*",))
    first = splits[3] if "IMG" in row else splits[0]
    both = "1" in row.partition("test")[0]
    assert first == "excluded" and splits[1] == ("excluded" if both else None) and splits[2] == "train"
    assert problems[-1].startswith("set/natocc.csv")


@pytest.mark.parametrize("row", ["mask/0.png,test", '"0.jpg,1.jpg",excluded', "img/0.jpg img/1.jpg,test"])
def test_a_row_of_its_own_does_not_bring_an_image_to_training_that_another_may_hold_out(
    tmp_path: Path, row: str
) -> None:
    text = f"file,split\nimg/0.jpg,train\n{row}\n1,train\n2,\n"
    images = ("img/0.jpg", "img/1.jpg", "img/2.jpg", "mask/0.png")
    splits, problems = split_of(tmp_path, text, *images, patterns=("img/*",))
    excluded = ["img/0.jpg", "img/1.jpg"] if "1.jpg" in row else ["img/0.jpg"]
    assert [image for image, split in zip(images, splits, strict=True) if split == "excluded"] == excluded
    assert problems[0] == (
        "set/natocc.csv: expected rows that name one image each, got others with test or excluded: 1 (line 3); "
        f"{len(excluded)} ({', '.join(excluded)}) may be meant and are excluded"
    )


def test_a_row_of_an_image_that_is_gone_leaves_one_of_its_name_with_a_row_as_it_is(tmp_path: Path) -> None:
    text = "file,split\nold/0.jpg,test\nimg/0.jpg,train\n"
    assert split_of(tmp_path, text, "img/0.jpg")[0] == ["train"]


@pytest.mark.parametrize(
    "row", ["mask/x.png,test", "notes.txt,test", "img/0*.jpg,test", "img/[0-1].jpg,test"]
)
def test_a_row_with_test_that_tells_no_photograph_excludes_all_that_no_row_names(
    tmp_path: Path, row: str
) -> None:
    write(tmp_path / "set/notes.txt", b"x")
    text, images = f"file,split\n{row}\n1,train\n", ("img/0.jpg", "img/1.jpg", "img/2.jpg", "mask/x.png")
    splits, problems = split_of(tmp_path, text, *images, patterns=("img/*",))
    assert splits[:3] == ["excluded", "train", "excluded"] and "may have said test" in problems[-1]


def test_equal_rows_of_one_image_are_one(tmp_path: Path) -> None:
    text = "file,split\nimg/0.jpg,test\nimg\\0.jpg,Test\n"
    assert split_of(tmp_path, text, "img/0.jpg") == (["test"], [])


@pytest.mark.parametrize("name", ["natocc.CSV", "natocc.csv.txt", "natocc.tsv", "natocc (1).csv"])
def test_a_side_car_under_a_similar_name_stops_all(tmp_path: Path, name: str) -> None:
    write(tmp_path / "set" / name, b"file,split\na.jpg,test\n")
    with pytest.raises(ValueError, match=r"^set/natocc\.csv: expected the side-car here, got set/natocc"):
        opened(tmp_path, [])


@pytest.mark.parametrize("place", ["natocc.csv", "set/img/natocc.csv"])
def test_a_side_car_beside_its_place_stops_all(tmp_path: Path, place: str) -> None:
    write(tmp_path / "set/img/a.jpg", b"x")
    write(tmp_path / place, b"file,split\na.jpg,test\n")
    with pytest.raises(
        ValueError, match=f"^set/natocc.csv: expected .*, got {place}, which is not read; move"
    ):
        opened(tmp_path, [])


def test_a_side_car_that_was_put_away_is_none(tmp_path: Path) -> None:
    write(tmp_path / "set/natocc.csv.bak", b"file,split\na.jpg,test\n")
    assert opened(tmp_path, []).row_of("a.jpg") == EMPTY_ROW


def test_a_side_car_among_clutter_is_passed_over(tmp_path: Path) -> None:
    for name in ("__MACOSX/natocc.csv", "__MACOSX/a.jpg", ".Trash-1000/natocc.csv", ".Trash-1000/a.jpg"):
        write(tmp_path / "set" / name, b"file,split\na.jpg,test\n")
    assert opened(tmp_path, []).row_of("a.jpg").split is None
