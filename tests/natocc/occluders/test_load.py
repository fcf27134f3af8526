from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from benchmarks.inputs import cup, textures
from natocc import NatOcc, OccluderBank, load_cutouts, load_occluders


def cut_out() -> Pillow.Image:
    rgb, matte = cup()
    return Pillow.fromarray(np.dstack([rgb, matte])).resize((300, 260))


def test_a_bank_comes_into_memory_reduced_and_under_its_ids(bank_url: str) -> None:
    held = load_occluders(bank_url, long_side=200)
    assert list(held.hands) == ["hand-0"] and list(held.objects) == ["object-0"]
    assert list(held.textures) == sorted(name for name, _ in textures())
    assert max(held.hands["hand-0"].size) == 200 and held.nbytes < 2_000_000
    assert max(load_occluders(bank_url, long_side=None).hands["hand-0"].size) == 1024


def test_only_the_kinds_and_the_split_that_were_asked_for(bank_url: str) -> None:
    held = load_occluders(bank_url, kinds=("hand",), split=None)
    assert held.hands and not held.objects and not held.textures
    with pytest.raises(
        ValueError, match=r"of split 'test', got splits train and none of these; .* \(None: every one\)"
    ):
        load_occluders(bank_url, split="test")
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        load_occluders(bank_url + "-not")


def test_a_folder_of_cut_outs_in_the_order_of_their_names(tmp_path: Path) -> None:
    picture = cut_out()
    for name in ("10.png", "9.png", "b.png"):
        picture.save(tmp_path / name)
    picture.quantize().save(tmp_path / "palette.png")
    (tmp_path / ".listing").write_text("a file manager's own")
    found = load_cutouts(tmp_path, long_side=128)
    assert list(found) == ["9.png", "10.png", "b.png", "palette.png"]
    assert all(max(one.size) <= 128 and one.alpha is not None for one in found.values())
    assert np.array_equal(found["9.png"].rgb[0], found["b.png"].rgb[0])
    image, mask = np.full((96, 96, 3), 99, np.uint8), np.zeros((96, 96), np.uint8)
    mask[20:80, 20:80] = 1
    out = NatOcc(OccluderBank(objects=found), p=1).occlude(image=image, mask=mask, seed=0)
    assert out["occlusion"]["occluder"] in found and out["alpha"].any()


def test_all_files_without_use_are_listed_in_one_message(tmp_path: Path) -> None:
    picture = cut_out()
    picture.save(tmp_path / "good.png")
    picture.convert("RGB").save(tmp_path / "photo.jpg")
    (tmp_path / "broken.png").write_bytes((tmp_path / "good.png").read_bytes()[:300])
    (tmp_path / "text.png").write_text("no picture")
    picture.convert("RGB").convert("RGBA").save(tmp_path / "opaque.png")
    Pillow.new("RGBA", (50, 50)).save(tmp_path / "empty.png")
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(ValueError, match="expected pictures with an alpha channel alone") as caught:
        load_cutouts(tmp_path)
    message = str(caught.value)
    for line in (
        "photo.jpg: expected a picture with an alpha channel, got a picture without one",
        "text.png: expected a picture with an alpha channel, got a file that is not a picture",
        "broken.png: expected a picture with an alpha channel, got a damaged picture",
        "opaque.png: expected a picture with an alpha channel, got one that is opaque everywhere",
        "empty.png: expected a picture with an alpha channel, got one that is transparent everywhere",
        "notes.txt: expected a picture (.jpeg, .jpg, .png), got another file",
    ):
        assert line in message
    assert "good.png" not in message


def test_no_folder_and_an_empty_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a folder of cut-outs, got none"):
        load_cutouts(tmp_path / "gone")
    with pytest.raises(ValueError, match="got an empty folder"):
        load_cutouts(tmp_path)
