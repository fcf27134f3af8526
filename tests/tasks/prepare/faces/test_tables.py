from __future__ import annotations

import json
from pathlib import Path

from assets.datasets.celebamask.reader import read_faces
from tasks.prepare.faces.face import prepare_face
from tests.raw_trees import FACES, add_face, write


def test_what_the_tables_say_stands_in_the_faces_json_and_its_row(tmp_path: Path) -> None:
    add_face(tmp_path, "5")
    write(tmp_path / FACES / "CelebA-HQ-to-CelebA-mapping.txt", b"idx orig_idx orig_file\n5 614 000615.jpg\n")
    write(tmp_path / FACES / "CelebAMask-HQ-pose-anno.txt", b"1\nYaw Pitch Raw\n5.jpg -1.25 2 0.5\n")
    write(tmp_path / "CelebA/Anno/identity_CelebA.txt", b"000615.jpg 2880\n")
    problems: list[object] = []
    (face,) = read_faces(tmp_path, problems.append)
    done = prepare_face(face, tmp_path)
    assert done.entry is not None and problems == []
    assert done.entry.person == "celeba:2880"
    metadata = json.loads(done.members["json"])
    assert metadata["celeba"] == {"orig_idx": 614, "orig_file": "000615.jpg"}
    assert metadata["official_split"] == "train"
    assert metadata["pose_deg"] == {"yaw": -1.25, "pitch": 2.0, "roll": 0.5}
    assert done.entry.split == "train", "the publisher's split is recorded, and decides nothing"
