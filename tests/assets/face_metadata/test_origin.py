from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.celebamask.reader import read_faces
from assets.datasets.faceocc.reader import read_faceocc_cutouts
from assets.face_metadata.celeba import MAPPING
from assets.face_metadata.origin import FaceOrigins
from assets.problems import Problem
from assets.records import Origin, RawCutout
from shards.storage import sha256_bytes
from tests.celeba_tables import mapping
from tests.faceocc_files import add_cutout
from tests.raw_trees import FACES, IMAGES, add_face, add_sidecar, write

SAME = b"000001.jpg 5\n000002.jpg 5\n000003.jpg 6\n"


@pytest.fixture()
def raw(tmp_path: Path) -> Path:
    """Faces 0 and 1 of one person, the first excluded, the second tested on; face 2 of another."""
    for stem in ("0", "1", "2"):
        add_face(tmp_path, stem, stem.encode(), {"skin": b"x"})
        add_cutout(tmp_path, f"CelebAHQ/{stem}.png", b"x")
    write(tmp_path / FACES / MAPPING, mapping((0, 0), (1, 1), (2, 2)))
    write(tmp_path / "CelebA/identity_CelebA.txt", SAME)
    write(tmp_path / f"{FACES}-excluded.txt", b"0\n")
    write(tmp_path / f"{FACES}-WO-test.txt", b"1\n")
    write(tmp_path / f"{FACES}-WO-train.txt", b"2\n")
    return tmp_path


def crops(raw: Path) -> list[RawCutout]:
    return [one for one in read_faceocc_cutouts(raw, _silent) if "face" in one.metadata]


def _silent(problem: Problem) -> None:
    """Of no interest here."""


def persons_and_splits(origins: list[Origin]) -> list[tuple[str | None, str | None]]:
    return [(origin.person, origin.split) for origin in origins]


def test_a_crop_has_the_person_and_the_split_of_its_face(raw: Path) -> None:
    faces = persons_and_splits([face.origin for face in read_faces(raw, _silent)])
    assert faces == [("celeba:5", "excluded"), ("celeba:5", "test"), ("celeba:6", "train")]
    assert persons_and_splits([crop.origin for crop in crops(raw)]) == faces
    assert [crop.origin.photo for crop in crops(raw)] == [sha256_bytes(stem) for stem in (b"0", b"1", b"2")]


def test_the_side_car_of_the_faces_comes_before_tables_and_lists(raw: Path) -> None:
    add_sidecar(
        raw / FACES,
        {"file": f"{IMAGES}/0.jpg", "person": "ada", "split": "train"},
        {"file": f"{IMAGES}/1.jpg", "person": "bea", "split": "train"},
    )
    problems: list[Problem] = []
    faces = persons_and_splits([face.origin for face in read_faces(raw, problems.append)])
    assert (
        f"{FACES}/natocc.csv: expected the split that the lists or verdicts give; excluded counts, "
        "else the side-car's, got another of 2 (0.jpg, 1.jpg)"
    ) in [str(problem) for problem in problems]
    assert faces[:2] == [("ada", "excluded"), ("bea", "train")], "what a list excludes stays out"
    assert persons_and_splits([crop.origin for crop in crops(raw)]) == faces


def test_gaps_in_the_tables_are_reported_by_the_faces_reader_alone(raw: Path) -> None:
    write(raw / FACES / MAPPING, mapping((0, 0), (7, 1)))
    write(raw / f"{FACES}-WO-train.txt", b"2\n2\n9\n")
    problems: list[Problem] = []
    list(read_faceocc_cutouts(raw, problems.append))
    assert {problem.path.split("/")[0] for problem in problems} == {"FaceOcc"}
    problems.clear()
    list(read_faces(raw, problems.append))
    assert {f"{FACES}/{MAPPING}", f"{FACES}-WO-train.txt"} <= {problem.path for problem in problems}


def test_the_table_knows_the_person_of_a_face_without_photograph(raw: Path) -> None:
    (raw / FACES / IMAGES / "2.jpg").unlink()
    origin = crops(raw)[2].origin
    assert (origin.person, origin.photo) == ("celeba:6", "")


def test_two_crops_of_one_face_have_the_same_origin(raw: Path) -> None:
    add_cutout(raw, "CelebAHQ/00001.png", b"x")
    both = [crop.origin for crop in crops(raw) if crop.metadata["face"] == "00001"]
    assert persons_and_splits(both) == [("celeba:5", "test")] * 2 and both[0] == both[1]


def test_a_list_that_cannot_be_read_is_an_error(raw: Path) -> None:
    write(raw / f"{FACES}-excluded.txt", b"\xff")
    with pytest.raises(ValueError, match=f"^{FACES}-excluded.txt: expected text in UTF-8"):
        FaceOrigins(raw, _silent)
