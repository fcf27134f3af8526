from __future__ import annotations

from pathlib import Path

from assets.face_metadata.attributes import ATTRIBUTES
from assets.face_metadata.celeba import MAPPING
from assets.face_metadata.poses import POSES
from tests.celeba_tables import attributes, faces_of, mapping
from tests.raw_trees import FACES, write


def test_a_face_has_what_the_tables_say_of_it(tmp_path: Path) -> None:
    write(tmp_path / FACES / ATTRIBUTES, attributes(("0.jpg", "Young Bald"), ("1.jpg", "")))
    write(tmp_path / FACES / POSES, b"2\nYaw Pitch Raw\n0.jpg 1.5 -2.25 0\n1.jpg -90 0.0 1e-3\n")
    write(tmp_path / FACES / MAPPING, mapping((0, 119613), (1, 200121)))
    (first, second), problems = faces_of(tmp_path, "0", "1")
    assert first.metadata == {
        "celeba": {"orig_idx": 119613, "orig_file": "119614.jpg"},
        "official_split": "train",
        "pose_deg": {"yaw": 1.5, "pitch": -2.25, "roll": 0.0},
        "attributes": ["Bald", "Young"],
    }
    assert second.metadata["official_split"] == "test" and second.metadata["attributes"] == []
    assert second.metadata["pose_deg"] == {"yaw": -90.0, "pitch": 0.0, "roll": 0.001}
    assert (first.origin.person, problems) == (None, [])


def test_without_tables_nothing_is_said_and_nothing_is_wrong(tmp_path: Path) -> None:
    faces, problems = faces_of(tmp_path, "0", "me")
    assert [face.metadata for face in faces] == [{}, {}] and problems == []


def test_blanks_carriage_returns_a_byte_order_mark_and_padded_names_do_no_harm(tmp_path: Path) -> None:
    text = attributes(("0.jpg", "Male"), ("00001.jpg", "")).replace(b" ", b"\t  ").replace(b"\n", b"\r\n\r\n")
    write(tmp_path / FACES / ATTRIBUTES, b"\xef\xbb\xbf" + text)
    write(tmp_path / FACES / POSES, b"roll yaw pitch\r\n0 3 1 2\r\n1 6 4 5")
    faces, problems = faces_of(tmp_path, "0", "1")
    assert faces[0].metadata["attributes"] == ["Male"]
    assert faces[1].metadata["pose_deg"] == {"yaw": 4.0, "pitch": 5.0, "roll": 6.0}
    assert problems == []


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
    assert [sorted(face.metadata) for face in faces] == [
        [],
        ["celeba", "official_split"],
        ["celeba", "official_split"],
    ], "which of two rows is right is unknown"
    assert problems[:5] == [
        f"refused {FACES}/{ATTRIBUTES}: expected a photograph and 40 values of 1 and -1, "
        "got 0.jpg -1 -1 -1 -1 … and the like: 2 (line 3, line 4)",
        f"refused {FACES}/{ATTRIBUTES}: expected one row a name, got another one of 2 and the like: 1 (line 6)",
        f"refused {FACES}/{POSES}: expected a photograph and three angles of -180 to 180 degrees, "
        "got 0.jpg 1 2 and the like: 3 (line 3, line 4, line 5)",
        f"noted {FACES}/{POSES}: expected 5 rows, as its first line says, got 3",
        f"refused {FACES}/{MAPPING}: expected a number, CelebA's number and its file, which is one higher, "
        "got 0 7 000007.jpg and the like: 1 (line 2)",
    ]
