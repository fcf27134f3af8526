"""What is cut out of a face that must not be trained on must not be trained with."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.face_metadata.celeba import MAPPING
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tests.celeba_tables import mapping
from tests.faceocc_files import astronaut, hopper, large
from tests.raw_trees import FACES, add_face, disc, write
from tests.tasks.prepare.faces.test_faceocc import HAND, add, crop_of

pytestmark = pytest.mark.xdist_group("prepare")


def test_an_occluder_from_an_excluded_face_of_a_test_person_is_never_trained_with(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    add(raw, "0", HAND)
    add_face(raw, "1", large(hopper()), {"skin": disc(512, 512)})
    add_face(raw, "2", large(astronaut()[:, ::-1].copy()), {"skin": disc(512, 512)})
    write(raw / "FaceOcc/CelebAHQ/2.png", crop_of(astronaut()[:, ::-1].copy(), HAND))
    write(raw / FACES / MAPPING, mapping((0, 0), (1, 1), (2, 2)))
    write(raw / "CelebA/identity_CelebA.txt", b"000001.jpg 5\n000002.jpg 5\n000003.jpg 6\n")
    write(raw / f"{FACES}-excluded.txt", b"0\n")
    write(raw / f"{FACES}-WO-test.txt", b"1\n")
    report = prepare(raw, str(tmp_path / "bank"), PrepareOptions(), workers=1)
    bank = Bank(report.bank)
    faces = {entry.id: (entry.person, entry.split) for entry in bank.entries("face")}
    assert faces == {
        "00000": ("celeba:5", "excluded"),
        "00001": ("celeba:5", "test"),
        "00002": ("celeba:6", "train"),
    }
    crops = {Path(entry.source).stem: (entry.person, entry.split) for entry in bank.entries("object")}
    assert crops == {"0": ("celeba:5", "excluded"), "2": ("celeba:6", "train")}
