from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.geometry import Image
from tasks.training.harmoniser.data.iharmony4 import IHarmony4Scenes
from tasks.training.harmoniser.data.scenes import scenes_sha256
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.train import train_harmoniser
from tests.harmonizer_photos import add_composite, iharmony4_tree, photographs
from tests.raw_trees import add_sidecar, disc, encoded, portrait, write


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


def rewrite(raw: Path, shape: Callable[[Image], Image], count: int = 3) -> list[str]:
    """Replace the masks of the first training composites; the problems of the source."""
    iharmony4_tree(raw)
    for number in range(count):
        write(raw / f"iHarmony4/HCOCO/masks/c{number}_7.png", encoded(shape(disc(96, 128)), "PNG"))
    return [str(problem) for problem in IHarmony4Scenes(str(raw)).problems if problem.action == "refused"]


@pytest.mark.parametrize(
    ("shape", "got"),
    [
        (lambda mask: mask * 0, "an empty mask"),
        (lambda mask: mask | 255, "a mask that is white all over"),
        (lambda mask: disc(96, 128, 0.05), "0.25% of it"),
    ],
)
def test_masks_without_foreground_or_surroundings_are_counted(
    tmp_path: Path, shape: Callable[[Image], Image], got: str
) -> None:
    (problem,) = rewrite(tmp_path, shape)
    masks = ", ".join(f"iHarmony4/HCOCO/masks/c{number}_7.png" for number in range(3))
    assert problem == (
        f"iHarmony4: expected a foreground of 0.5% to 95% of the picture, got {got} in 3 ({masks})"
    )
    with pytest.raises(ValueError, match="got none that can be used; iHarmony4: expected a foreground"):
        rewrite(tmp_path / "all", shape, 4)


def test_a_photograph_is_no_mask_and_soft_edges_are_said(tmp_path: Path) -> None:
    raw = iharmony4_tree(tmp_path)
    folder = tmp_path / "iHarmony4/HCOCO/masks"
    write(folder / "c0_7.png", encoded(portrait(96, 128)[..., 1].copy(), "PNG"))
    soft = np.asarray(cv2.GaussianBlur(disc(96, 128), (0, 0), 2), np.uint8)
    write(folder / "c1_7.png", encoded(soft, "PNG"))
    source = IHarmony4Scenes(raw)
    (refused,) = (problem for problem in source.problems if problem.action == "refused")
    assert refused.path == "iHarmony4/HCOCO/masks/c0_7.png" and len(source.items) == 3
    assert refused.got.endswith("is it a photograph or a map of classes?")
    (converted,) = (problem for problem in source.problems if problem.action == "converted")
    assert str(converted) == "iHarmony4/HCOCO/masks/c1_7.png: expected a mask of 0 and 255, got grey edges"


@pytest.mark.parametrize("turn", [3, 6])
def test_a_real_picture_that_is_turned_is_named_before_the_first_step(tmp_path: Path, turn: int) -> None:
    raw = iharmony4_tree(tmp_path)
    exif = Pillow.Exif()
    exif[0x0112] = turn
    write(tmp_path / "iHarmony4/HCOCO/real_images/c1.jpg", encoded(photographs(2)[1], exif=exif))
    source = IHarmony4Scenes(raw)
    (problem,) = (problem for problem in source.problems if problem.action == "refused")
    assert problem.path == "iHarmony4/HCOCO/real_images/c1.jpg" and len(source.items) == 3
    assert problem.got.endswith(
        f"the real picture turned by its EXIF orientation {turn}; save it upright, without EXIF"
    )


def test_inverted_masks_are_found_by_the_colours(tmp_path: Path) -> None:
    (problem,) = rewrite(tmp_path / "one", lambda mask: 255 - mask, 1)
    assert problem == (
        "iHarmony4: expected composites that differ inside their masks, got masks that look inverted for 1 "
        "(iHarmony4/HCOCO/masks/c0_7.png) of 4 compared; invert the files"
    )
    with pytest.raises(ValueError, match="masks that look inverted for 3 "):
        rewrite(tmp_path / "three", lambda mask: 255 - mask)


def test_what_the_side_car_holds_out_is_not_learnt_from(tmp_path: Path) -> None:
    raw = iharmony4_tree(tmp_path)
    rows = [("c0_7_1", "test"), ("c1_7_1", "excluded"), ("c2_7_1", "")]
    add_sidecar(
        tmp_path / "iHarmony4",
        *({"file": f"HCOCO/composite_images/{stem}.jpg", "split": split} for stem, split in rows),
    )
    source = IHarmony4Scenes(raw)
    assert [(item.name[-10:], item.held_out) for item in source.items] == [
        ("c2_7_1.jpg", False), ("c3_7_1.jpg", True)
    ]  # fmt: skip
    assert any("that the side-car does not hold out" in str(problem) for problem in source.problems)


def test_a_folder_without_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected iHarmony4 or IHarmony4 with composites"):
        IHarmony4Scenes(str(tmp_path))
    (tmp_path / "iHarmony4").mkdir()
    with pytest.raises(FileNotFoundError, match=r"found none; iHarmony4/IHD_train\.txt: expected this list"):
        IHarmony4Scenes(str(tmp_path))
