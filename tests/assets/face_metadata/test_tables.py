from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.celebamask.reader import read_faces
from assets.face_metadata.tables import ATTRIBUTES, MAPPING, POSES, official_split
from assets.problems import Problem
from assets.records import RawFace
from tests.raw_trees import FACES, IMAGES, add_face, add_sidecar, write

# The 40 names of the download, in its order.
NAMES = (
    "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair "
    "Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup "
    "High_Cheekbones Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose "
    "Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat "
    "Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young"
)


def attributes(*rows: tuple[str, str], count: int | None = None) -> bytes:
    """The file as it is published; a row is a photograph and the names that are +1."""
    names = NAMES.split()
    lines = [str(len(rows) if count is None else count), NAMES + " "]
    for photo, true in rows:
        values = ["1" if name in true.split() else "-1" for name in names]
        lines.append(f"{photo} {' '.join(values)} ")
    return ("\n".join(lines) + "\n").encode()


def mapping(*rows: tuple[int, int], header: bool = True) -> bytes:
    """The file as it is published: columns padded with blanks."""
    lines = ["idx        orig_idx   orig_file"] if header else []
    lines += [f"{photo:<11}{number:<11}{number + 1:06d}.jpg" for photo, number in rows]
    return ("\n".join(lines) + "\n").encode()


def faces_of(raw: Path, *stems: str) -> tuple[list[RawFace], list[str]]:
    for stem in stems:
        add_face(raw, stem, b"x", {"skin": b"x"})
    problems: list[Problem] = []
    faces = list(read_faces(raw, problems.append))
    return faces, [f"{problem.action} {problem}" for problem in problems]


def test_a_face_has_what_the_tables_say_of_it(tmp_path: Path) -> None:
    write(tmp_path / FACES / ATTRIBUTES, attributes(("0.jpg", "Young Bald"), ("1.jpg", "")))
    write(tmp_path / FACES / POSES, b"2\nYaw Pitch Raw\n0.jpg 1.5 -2.25 0\n1.jpg -90 0.0 1e-3\n")
    write(tmp_path / FACES / MAPPING, mapping((0, 119613), (1, 200121)))
    (first, second), problems = faces_of(tmp_path, "0", "1")
    assert first.facts == {
        "celeba": {"orig_idx": 119613, "orig_file": "119614.jpg"},
        "official_split": "train",
        "pose_deg": {"yaw": 1.5, "pitch": -2.25, "roll": 0.0},
        "attributes": ["Bald", "Young"],
    }
    assert second.facts["official_split"] == "test" and second.facts["attributes"] == []
    assert second.facts["pose_deg"] == {"yaw": -90.0, "pitch": 0.0, "roll": 0.001}
    assert (first.origin.person, problems) == (None, [])


def test_the_publishers_split_has_its_published_sizes() -> None:
    """30,000 numbers, as many of each part of CelebA as CelebA-HQ has, both ends of each part among them."""
    numbers = [*range(24_182), 162_770, *range(162_771, 165_763), 182_637, *range(182_638, 185_461), 202_598]
    assert len(numbers) == 30_000
    splits = [official_split(number) for number in numbers]
    assert [splits.count(name) for name in ("train", "val", "test")] == [24_183, 2_993, 2_824]


def test_without_tables_nothing_is_said_and_nothing_is_wrong(tmp_path: Path) -> None:
    faces, problems = faces_of(tmp_path, "0", "me")
    assert [face.facts for face in faces] == [{}, {}] and problems == []


@pytest.mark.parametrize("place", [FACES, "CelebA", "CelebA/Anno"])
def test_identities_make_persons_where_the_side_car_names_none(tmp_path: Path, place: str) -> None:
    write(tmp_path / FACES / MAPPING, mapping((0, 0), (1, 1), (2, 2), header=False))
    write(tmp_path / place / "identity_CelebA.txt", b"000001.jpg 2880\n000002.jpg 2937\n000003.jpg 2880\n")
    add_sidecar(tmp_path / FACES, {"file": f"{IMAGES}/1.jpg", "person": "ada"})
    faces, problems = faces_of(tmp_path, "0", "1", "2")
    assert [face.origin.person for face in faces] == ["celeba:2880", "ada", "celeba:2880"]
    assert problems == []


def test_blanks_carriage_returns_a_byte_order_mark_and_padded_names_do_no_harm(tmp_path: Path) -> None:
    text = attributes(("0.jpg", "Male"), ("00001.jpg", "")).replace(b" ", b"\t  ").replace(b"\n", b"\r\n\r\n")
    write(tmp_path / FACES / ATTRIBUTES, b"\xef\xbb\xbf" + text)
    write(tmp_path / FACES / POSES, b"roll yaw pitch\r\n0 3 1 2\r\n1 6 4 5")
    faces, problems = faces_of(tmp_path, "0", "1")
    assert faces[0].facts["attributes"] == ["Male"]
    assert faces[1].facts["pose_deg"] == {"yaw": 4.0, "pitch": 5.0, "roll": 6.0}
    assert problems == []


def test_rows_and_photographs_that_lack_each_other_take_one_line(tmp_path: Path) -> None:
    """A half-extracted archive: thousands of rows without a photograph."""
    write(tmp_path / FACES / ATTRIBUTES, attributes(*((f"{number}.jpg", "") for number in range(1, 900))))
    _, problems = faces_of(tmp_path, "0", "1", "own")
    assert problems == [
        f"converted {FACES}/{ATTRIBUTES}: expected a row for each photograph, got none for 2 (0, own)",
        f"converted {FACES}/{ATTRIBUTES}: expected a photograph for each row, got none for 898 (2, 3, 4, …)",
    ]


def test_a_row_that_cannot_be_read_is_named_and_its_face_kept(tmp_path: Path) -> None:
    lines = attributes(("0.jpg", "Male"), ("1.jpg", ""), ("2.jpg", "Bald"), ("2.jpg", "")).decode()
    lines = lines.replace("1.jpg -1", "1.jpg 0").replace("0.jpg -1", "0.jpg")
    write(tmp_path / FACES / ATTRIBUTES, lines.encode())
    write(tmp_path / FACES / POSES, b"5\nYaw Pitch Raw\n0.jpg 1 2\n1.jpg 1 2 nan\n2.jpg 1 2 181\n")
    write(
        tmp_path / FACES / MAPPING,
        b"idx orig_idx orig_file\n0 7 000007.jpg\n1 7 000008.jpg\n2 9 000010.jpg\n",
    )
    faces, problems = faces_of(tmp_path, "0", "1", "2")
    assert [sorted(face.facts) for face in faces] == [
        [],
        ["celeba", "official_split"],
        ["attributes", "celeba", "official_split"],
    ]
    assert problems[:5] == [
        f"refused {FACES}/{ATTRIBUTES}: expected a photograph and 40 values of 1 and -1, "
        "got 0.jpg -1 -1 -1 -1 … and the like: 2 (line 3, line 4)",
        f"refused {FACES}/{ATTRIBUTES}: expected one row a name, got a second one of 2 and the like: 1 (line 6)",
        f"refused {FACES}/{POSES}: expected a photograph and three angles of -180 to 180 degrees, "
        "got 0.jpg 1 2 and the like: 3 (line 3, line 4, line 5)",
        f"converted {FACES}/{POSES}: expected 5 rows, as its first line says, got 3",
        f"refused {FACES}/{MAPPING}: expected a number, CelebA's number and its file, which is one higher, "
        "got 0 7 000007.jpg and the like: 1 (line 2)",
    ]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (POSES, b"1\nYaw Pitch\n0.jpg 1 2\n", "expected the columns Yaw, Pitch and Raw (or Roll) after the count, got Yaw Pitch"),
        (POSES, b"1\n0.jpg 1 2 3\n", "expected the columns Yaw, Pitch and Raw (or Roll) after the count, got 0.jpg 1 2 3"),
        (ATTRIBUTES, b"1\n0.jpg 1 -1\n", "expected the attributes' names in the line after the count, got 0.jpg 1 -1"),
        (MAPPING, b"idx file\n0 000001.jpg\n", "expected the columns idx, orig_idx and orig_file, got idx file"),
        (MAPPING, b"", "expected rows, got an empty file"),
        (MAPPING, b"0 \xff 1\n", "expected text in UTF-8, got 'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"),
    ],
)  # fmt: skip
def test_a_table_that_is_another_is_not_used(tmp_path: Path, file: str, text: bytes, said: str) -> None:
    write(tmp_path / FACES / file, text)
    faces, problems = faces_of(tmp_path, "0")
    assert faces[0].facts == {}
    assert problems == [f"refused {FACES}/{file}: {said}"]


def test_angles_that_are_radians_are_not_taken_for_degrees(tmp_path: Path) -> None:
    rows = "".join(f"{number}.jpg {number / 100} 0.1 -1.2\n" for number in range(150))
    write(tmp_path / FACES / POSES, f"150\nYaw Pitch Raw\n{rows}".encode())
    faces, problems = faces_of(tmp_path, "0")
    assert faces[0].facts == {}
    assert problems == [
        f"refused {FACES}/{POSES}: expected angles in degrees, "
        "got none above 1.49, as if they were radians; the table is not used"
    ]


def test_identities_need_the_mapping_and_are_told_where_they_lack(tmp_path: Path) -> None:
    write(
        tmp_path / "CelebA/identity_CelebA.txt", b"000001.jpg 2880\n000009.jpg none of these\n000002.jpg 4\n"
    )
    assert faces_of(tmp_path, "0")[1] == [
        "refused CelebA/identity_CelebA.txt: expected CelebA-HQ-to-CelebA-mapping.txt, "
        "which says whose photograph is which, got none; no person is known"
    ]
    write(tmp_path / FACES / MAPPING, mapping((0, 0), (1, 5)))
    write(tmp_path / FACES / "identity_CelebA.txt", b"000001.jpg 7\n")
    faces, problems = faces_of(tmp_path, "0", "1")
    assert [face.origin.person for face in faces] == ["celeba:7", None]
    assert problems == [
        f"converted CelebA/identity_CelebA.txt: expected one such table, got {FACES}/identity_CelebA.txt too, which is used",
        f"converted {FACES}/identity_CelebA.txt: expected the identity of each face that is mapped, got none for 1 (000006.jpg)",
    ]
