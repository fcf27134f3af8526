from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.bank.reader import Bank
from natocc.occluders.bank_files import BadBank
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.training.harmoniser.data.bank import BankScenes
from tasks.training.harmoniser.data.scenes import split_items
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.train import train_harmoniser
from tests.bank_entries import flip_bit
from tests.raw_trees import (
    FACES,
    IMAGES,
    add_face,
    add_objects,
    add_occluded,
    add_sidecar,
    annotation,
    disc,
    portrait,
    square,
    whole_tree,
    write,
)

pytestmark = pytest.mark.xdist_group("prepare")


def bank(tmp_path: Path) -> str:
    """Three faces, the second for testing; a cup; an object that fills its photograph; no split for them."""
    raw = tmp_path / "raw"
    whole_tree(raw)
    add_face(raw, "2", portrait(150, 150), {"skin": disc(75, 75, 0.5), "nose": disc(75, 75, 0.05)})
    add_objects(
        raw, [annotation(7), annotation(8, bbox=[0, 0, 300, 200], segmentation=square(0, 0, 300, 200))]
    )
    rows = (
        {"file": f"{IMAGES}/{number}.jpg", "split": split}
        for number, split in enumerate(("train", "test", "train"))
    )
    add_sidecar(raw / FACES, *rows)
    add_occluded(raw, "00041")
    write(raw / "RealOcc/split/val.txt", b"00041\n")
    prepare(raw, str(tmp_path / "bank"), PrepareOptions(objects="all"), workers=1)
    return str(tmp_path / "bank")


def test_faces_and_objects_with_surroundings_are_learnt_from_and_the_test_split_is_held_out(
    tmp_path: Path,
) -> None:
    source = BankScenes(bank(tmp_path))
    by_name = {item.name: item for item in source.items}
    assert set(by_name) == {"face 00000", "face 00001", "face 00002", "object 000000000007"}
    assert by_name["face 00000"].regions == ("face", "part 1")
    assert by_name["face 00002"].regions == ("face", "part 1"), "a small nose is no region of its own"
    _, held = split_items([source], 0.5)
    assert [item.name for _, item in held] == ["face 00001"]
    assert [str(problem).partition("object ")[2] for problem in source.problems] == [
        "000000000008: expected a region of 0.5% to 95% of the picture, got 98.34% of it"
    ]


def test_a_region_is_the_mask_of_its_photograph(tmp_path: Path) -> None:
    source = BankScenes(bank(tmp_path))
    items = {item.name: item for item in source.items}
    face = source.read(items["face 00000"], "face")
    assert face.real.shape[:2] == face.matte.shape
    share = (face.matte > 127).mean()
    assert share == pytest.approx(np.pi / 4 * 0.36, abs=0.02), "a disc of six tenths of each side"
    cup = source.read(items["object 000000000007"], "object")
    assert cup.real.shape[:2] == cup.matte.shape and 0.5 < (cup.matte > 127).mean() < 0.9


@pytest.mark.parametrize("loaders", [0, 1])
def test_a_bank_that_is_damaged_during_a_training_stops_it_in_one_line(loaders: int, tmp_path: Path) -> None:
    """``loaders``: processes that load batches give their traceback with the error."""
    url = bank(tmp_path)
    source = BankScenes(url)
    for entry in Bank(url).entries("face"):
        flip_bit(Path(url, entry.shard), entry.members["jpg"].offset + 9)
    small = HarmoniserOptions(width=2, steps=2, batch=1, every=2, views=1, device="cpu", loaders=loaders)
    with pytest.raises(BadBank) as caught:
        train_harmoniser([source], str(tmp_path / "out"), small)
    message = str(caught.value)
    assert message.startswith(f"{url}/face-000000-") and "\n" not in message
    assert ".tar: expected jpg of face " in message
