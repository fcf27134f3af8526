from __future__ import annotations

from pathlib import Path

from assets.face_metadata.poses import POSES, Pose, read_poses
from assets.problems import Problem
from tests.celeba_tables import faces_of
from tests.raw_trees import FACES, write


def test_columns_are_taken_in_any_order_and_spelling(tmp_path: Path) -> None:
    write(tmp_path / FACES / POSES, b"file Roll_deg PITCH yaw\n00007.jpg 1 2 3\n")
    problems: list[Problem] = []
    table = read_poses(tmp_path, tmp_path / FACES, problems.append)
    assert table is not None and table.rows == {"7": Pose(yaw=3, pitch=2, roll=1)} and problems == []


def test_angles_that_are_radians_are_not_taken_for_degrees(tmp_path: Path) -> None:
    rows = "".join(f"{number}.jpg {number / 100} 0.1 -1.2\n" for number in range(150))
    write(tmp_path / FACES / POSES, f"150\nYaw Pitch Raw\n{rows}".encode())
    faces, problems = faces_of(tmp_path, "0")
    assert faces[0].metadata == {}
    assert problems == [
        f"refused {FACES}/{POSES}: expected angles in degrees, "
        "got none above 1.49, as if they were radians; the table is not used"
    ]
