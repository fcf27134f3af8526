from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from benchmarks.inputs import cup, textures
from natocc import NatOcc, OccluderBank, load_cutouts, load_occluders
from tests.png_files import GREY, RGB_ALPHA, png
from tests.raw_trees import disc


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
    rgb, matte = np.split(np.asarray(picture), [3], axis=2)
    Pillow.fromarray(np.dstack([rgb, matte // 2])).save(tmp_path / "faint.png")
    Pillow.fromarray(np.dstack([rgb, matte // 2 + 128])).save(tmp_path / "solid.png")
    (tmp_path / "black.png").write_bytes(png(np.dstack([rgb, matte]).astype(np.uint16), RGB_ALPHA, 16))
    picture.save(tmp_path / "moving.png", save_all=True, append_images=[picture.rotate(90)])
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "nothing.png").write_bytes(b"")
    (tmp_path / "link.png").symlink_to("gone.png")
    (tmp_path / "page.png").write_text("<html>404</html>")
    with pytest.raises(ValueError, match="expected pictures with an alpha channel alone") as caught:
        load_cutouts(tmp_path)
    message = str(caught.value)
    for line in (
        "photo.jpg: expected a picture with an alpha channel, got a picture without one",
        "text.png: expected a picture with an alpha channel, got a file that is not a picture",
        "broken.png: expected a picture with an alpha channel, got a damaged picture",
        "opaque.png: expected a picture with an alpha channel, got one that is opaque everywhere",
        "empty.png: expected a picture with an alpha channel, got one that is transparent everywhere",
        "faint.png: expected a picture with an alpha channel, got one that is transparent everywhere",
        "solid.png: expected a picture with an alpha channel, got one that is opaque everywhere",
        "black.png: expected a picture with an alpha channel, got 16 bits a channel, values up to 2",
        "moving.png: expected a picture with an alpha channel, got 2 frames; save the one that is meant",
        "nothing.png: expected a picture with an alpha channel, got an empty file",
        "link.png: expected a picture with an alpha channel, got a link to nothing",
        "page.png: expected a picture with an alpha channel, got an HTML page: the download failed",
        "notes.txt: expected a picture (.jpeg, .jpg, .png), got another file",
    ):
        assert line in message
    assert "good.png" not in message


@pytest.mark.parametrize("depth", [2, 16])
def test_a_transparent_colour_counts_as_alpha(tmp_path: Path, depth: int) -> None:
    top, inside = 2**depth - 1, disc(40, 60) > 0
    data = png(
        np.where(inside, top, top - 1).astype(np.uint16), GREY, depth, tRNS=(top - 1).to_bytes(2, "big")
    )
    (tmp_path / "a.png").write_bytes(data)
    (alpha,) = (one.alpha for one in load_cutouts(tmp_path).values())
    assert alpha is not None and (alpha[0] > 127).sum() == inside.sum()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_cut_out_comes_upright(tmp_path: Path, orientation: int) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    cut_out().save(tmp_path / "a.png", exif=exif)
    with Pillow.open(tmp_path / "a.png") as picture:
        ImageOps.exif_transpose(picture).save(tmp_path / "upright.png")
    turned, upright = load_cutouts(tmp_path, long_side=None).values()
    assert turned.alpha is not None and upright.alpha is not None
    assert np.array_equal(turned.alpha[0], upright.alpha[0]) and np.array_equal(turned.rgb[0], upright.rgb[0])


def test_no_folder_and_an_empty_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a folder of cut-outs, got none"):
        load_cutouts(tmp_path / "gone")
    with pytest.raises(ValueError, match="got an empty folder"):
        load_cutouts(tmp_path)
