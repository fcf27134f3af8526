from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tasks.training.harmoniser.data.iharmony4 import IHarmony4Scenes
from tasks.training.harmoniser.data.scenes import scenes_sha256
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.train import train_harmoniser
from tests.harmonizer_photos import add_composite, iharmony4_tree, photographs
from tests.raw_trees import disc, encoded, portrait, write


def test_its_own_parts_are_kept_and_composites_come_with_their_real_pictures(tmp_path: Path) -> None:
    source = IHarmony4Scenes(iharmony4_tree(tmp_path))
    assert [item.held_out for item in source.items] == [False, False, False, True]
    scene = source.read(source.items[0], "foreground")
    assert scene.composite is not None
    inside = scene.matte == 255
    assert scene.composite[inside].mean() < 0.85 * scene.real[inside].mean()
    outside = scene.matte <= 127
    assert np.array_equal(scene.composite[outside], scene.real[outside])


def test_misfits_are_left_out_by_their_headers_and_damage_is_reported_when_read(tmp_path: Path) -> None:
    raw = iharmony4_tree(tmp_path)
    photo = photographs(1)[0]
    add_composite(tmp_path, "HFlickr", "f1_1_1", "train", photo, disc(96, 128))
    add_composite(tmp_path, "HFlickr", "f2_1_1", "train", photo[:1, :1], disc(20, 20)[10:11, 10:11])
    folder = tmp_path / "iHarmony4"
    write(folder / "HFlickr/masks/f1_1.png", encoded(disc(96, 100), "PNG"))
    torn = folder / "HCOCO/composite_images/c1_7_1.jpg"
    torn.write_bytes(torn.read_bytes()[:1500])
    source = IHarmony4Scenes(raw)
    assert len(source.items) == 4
    refused = [str(problem) for problem in source.problems if problem.action == "refused"]
    where = "iHarmony4/HFlickr/composite_images"
    assert refused == [
        f"{where}/f1_1_1.jpg: expected composite, mask and real picture of one size, got 128x96, 100x96, 128x96",
        f"{where}/f2_1_1.jpg: expected sides of 16 pixels at least, got 1x1",
    ]
    with pytest.raises(ValueError, match=r"c1_7_1\.jpg: expected a photograph, got a damaged image"):
        source.read(source.items[1], "foreground")


def test_other_pictures_under_the_same_names_are_another_training(tmp_path: Path) -> None:
    raw = iharmony4_tree(tmp_path)
    folder = tmp_path / "iHarmony4/HCOCO"

    def found() -> str:
        return scenes_sha256([(source, item) for source in [IHarmony4Scenes(raw)] for item in source.items])

    first = found()
    os.utime(folder / "masks/c1_7.png", (1, 1))
    shutil.copytree(tmp_path / "iHarmony4", tmp_path / "copy/iHarmony4", copy_function=shutil.copyfile)
    copied = IHarmony4Scenes(str(tmp_path / "copy"))
    assert found() == first == scenes_sha256([(copied, item) for item in copied.items]), "times don't matter"
    seen = {first}
    large = np.kron(portrait(96, 128), np.ones((4, 4, 1), np.uint8))
    mask = disc(*large.shape[:2])
    for name, data in (
        ("composite_images/c1_7_1.jpg", encoded(photographs(4)[3])),
        ("masks/c1_7.png", encoded(disc(96, 128, 0.3), "PNG")),
        ("real_images/c1.jpg", encoded(photographs(4)[2])),
    ):
        (folder / name).write_bytes(data)
        seen.add(found())
    assert len(seen) == 4
    add_composite(tmp_path, "HFlickr", "f1_1_1", "train", large, mask)
    real = tmp_path / "iHarmony4/HFlickr/real_images/f1.jpg"
    seen.add(found())
    large[200, 250] ^= 128
    assert real.stat().st_size > 2 * 16384, "more than what is looked at"
    real.write_bytes(encoded(large))
    seen.add(found())
    assert len(seen) == 6, "one pixel in the middle"


def test_a_training_does_not_go_on_over_changed_pictures(tmp_path: Path) -> None:
    raw = iharmony4_tree(tmp_path / "raw")
    options = HarmoniserOptions(width=2, steps=1, batch=1, adversarial=0.0, views=1, device="cpu")
    train_harmoniser([IHarmony4Scenes(raw)], str(tmp_path / "run"), options)
    write(tmp_path / "raw/iHarmony4/HCOCO/real_images/c1.jpg", encoded(photographs(4)[2]))
    with pytest.raises(ValueError, match=r"of another: pictures \w+ \(now \w+\); use another --out"):
        train_harmoniser([IHarmony4Scenes(raw)], str(tmp_path / "run"), options)


def test_a_folder_without_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected iHarmony4 or IHarmony4 with composites"):
        IHarmony4Scenes(str(tmp_path))
    (tmp_path / "iHarmony4").mkdir()
    with pytest.raises(FileNotFoundError, match=r"found none; iHarmony4/IHD_train\.txt: expected this list"):
        IHarmony4Scenes(str(tmp_path))
