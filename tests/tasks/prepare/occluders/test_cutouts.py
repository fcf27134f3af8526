from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.records import Origin, RawCutout
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.prepare.entry import Prepared
from tasks.prepare.occluders.cutouts import prepare_cutout
from tests.raw_trees import coffee, disc, encoded, write

ORIGIN = Origin(dataset="FaceOcc", photo="", licence="MIT")


def rgba(alpha: Image, colours: Image | None = None) -> bytes:
    colours = coffee() if colours is None else colours
    return encoded(np.dstack([colours, alpha]), "PNG")


def given(raw: Path, data: bytes, mask: bytes | None = None, enlarged: int = 1) -> Prepared:
    cutout = RawCutout(
        id="scarf_1",
        image=write(raw / "FaceOcc/scarf 1.png", data),
        mask=None if mask is None else write(raw / "FaceOcc/mask.png", mask),
        category="scarf",
        origin=ORIGIN,
        enlarged=enlarged,
        metadata={"kind": "internet"},
    )
    return prepare_cutout(cutout, raw)


def messages(prepared: Prepared) -> list[str]:
    return [f"{problem.action} {problem}" for problem in prepared.problems]


SOFT = cv2.GaussianBlur(disc(200, 300), (0, 0), 3).astype(np.uint8)


def test_a_picture_with_transparency_keeps_its_soft_matte(tmp_path: Path) -> None:
    done = given(tmp_path, rgba(SOFT))
    assert done.problems == () and done.entry is not None
    assert (done.entry.kind, done.entry.id, done.entry.category) == ("object", "scarf_1", "scarf")
    assert (done.entry.split, done.entry.licence) == ("train", "MIT")
    alpha, rgb = decode_plane(done.members["alpha.png"]), decode_rgb(done.members["jpg"])
    assert alpha.shape == rgb.shape[:2] == (done.entry.height, done.entry.width)
    ys, xs = np.nonzero(SOFT > 8)
    inner = SOFT[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    assert np.array_equal(alpha[2:-2, 2:-2], inner)
    assert json.loads(done.members["json"]) == {"category": "scarf", "matte": "given", "kind": "internet"}


def test_the_whole_picture_under_the_transparency_does_not_show(tmp_path: Path) -> None:
    share = cv2.GaussianBlur(disc(200, 300), (0, 0), 0.8)[..., None] / 255
    photo = np.rint(share * 128 + (1 - share) * 255).astype(np.uint8).repeat(3, axis=2)
    done = given(tmp_path, rgba(disc(200, 300), photo))
    rgb, alpha = decode_rgb(done.members["jpg"]), decode_plane(done.members["alpha.png"])[..., None] / 255
    assert len(np.unique(alpha)) > 5, "a hard mask gets a soft edge"
    assert np.abs(alpha * rgb + (1 - alpha) * 128 - 128).max() <= 6


def test_a_picture_with_its_mask_beside_it(tmp_path: Path) -> None:
    large = cv2.resize(coffee(), (1200, 800))
    done = given(tmp_path, encoded(large), encoded(disc(800, 1200, 0.9), "PNG"), 4)
    assert done.problems == () and done.entry is not None
    assert max(done.entry.width, done.entry.height) == 1024
    metadata = json.loads(done.members["json"])
    assert (metadata["upscaler"], metadata["enlarged"]) == ("given", 4)
    alpha = decode_plane(done.members["alpha.png"])
    assert (alpha > 127).mean() == pytest.approx(np.pi / 4, abs=0.02)


PLANE = disc(200, 300)


def test_doubtful_polarity_is_noted_and_a_mask_that_is_surely_inverted_is_refused(tmp_path: Path) -> None:
    expected = "expected white on the object and black around it, got"
    done = given(tmp_path, encoded(coffee()), encoded(255 - PLANE, "PNG"))
    assert done.entry is None and messages(done) == [
        f"refused FaceOcc/mask.png: {expected} white in 4 corners and on 100% of the border: it looks inverted; "
        "invert the file"
    ]
    for mask, got in (
        (255 - disc(200, 300, 1.0), "white in 4 corners and on "),
        (PLANE | 255, "a mask that is white all over"),
    ):
        done = given(tmp_path, encoded(coffee()), encoded(mask, "PNG"))
        assert done.entry is not None
        assert [one.startswith(f"noted FaceOcc/mask.png: {expected} {got}") for one in messages(done)] == [
            True
        ]
    done = given(tmp_path, rgba(255 - PLANE))
    assert done.entry is not None
    assert [one.partition(", got")[0] for one in messages(done)] == [
        "noted FaceOcc/scarf 1.png: expected alpha that is opaque on the occluder and clear around it"
    ]


@pytest.mark.parametrize(
    ("data", "mask", "problem"),
    [
        (encoded(coffee()), None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got a picture without one"),
        (rgba(PLANE * 0), None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got one that is transparent everywhere"),
        (rgba(PLANE * 0 + 255), None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got one that is opaque everywhere"),
        (rgba(PLANE // 3), None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got one that is transparent everywhere"),
        (rgba(PLANE // 3 + 150), None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got one that is opaque everywhere"),
        (rgba(PLANE)[:500], None, "refused FaceOcc/scarf 1.png: expected a picture with an alpha channel, got a damaged image (the checksum of its IDAT does not fit); fetch the file again"),
        (encoded(coffee()), encoded(PLANE * 0, "PNG"), "refused FaceOcc/mask.png: expected a mask with pixels, got an empty mask"),
        (encoded(coffee()), encoded(PLANE[:100], "PNG"), "refused FaceOcc/mask.png: expected its picture's size 300x200, got 300x100"),
        (encoded(coffee()), b"text", "refused FaceOcc/mask.png: expected a mask, got 4 bytes that are no JPEG, PNG, WEBP, BMP image"),
        (encoded(coffee()), encoded(disc(400, 600), "PNG"), "converted FaceOcc/mask.png: expected an 8-bit mask of 0 and 255, got 600x400 for a picture of 300x200"),
        (encoded(coffee()), encoded(PLANE // 255, "PNG"), "converted FaceOcc/mask.png: expected an 8-bit mask of 0 and 255, got values 0 and 1"),
        (encoded(coffee()[..., 0]), encoded(PLANE, "PNG"), "converted FaceOcc/scarf 1.png: expected an upright 8-bit colour JPEG, got greyscale"),
    ],
)  # fmt: skip
def test_faults_of_cut_outs_are_named(tmp_path: Path, data: bytes, mask: bytes | None, problem: str) -> None:
    done = given(tmp_path, data, mask)
    assert messages(done) == [problem]
    assert (done.entry is None) == problem.startswith("refused")
