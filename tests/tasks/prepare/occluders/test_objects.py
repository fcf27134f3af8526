from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assets.datasets.coco.reader import read_objects
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.matting.cutout import crop_to_matte, enlarge_matte
from tasks.prepare.entry import Prepared
from tasks.prepare.occluders.objects import prepare_objects
from tasks.prepare.upscaling.choose import Upscaler
from tests.raw_trees import (
    add_objects,
    annotation,
    coffee,
    disc,
    encoded,
    portrait,
    square,
    write,
)


def silent(problem: object) -> None:
    """Readers have tests of their own."""


def messages(prepared: Prepared) -> list[str]:
    return [f"{problem.action} {problem}" for problem in prepared.problems]


def on_grey(picture: Image) -> bytes:
    """The outline of ``annotation`` filled with the picture, on grey."""
    photo = np.full_like(picture, 120)
    photo[50:130, 60:160] = picture[50:130, 60:160]
    return encoded(photo)


def an_object(raw: Path, **fields: Any) -> Prepared:
    if not (raw / "COCO").exists():
        add_objects(raw, [annotation(7, **fields)])
        write(raw / "COCO/sample/000000000001.jpg", on_grey(coffee()))
    return prepare_objects([next(iter(read_objects(raw, silent)))], raw, Upscaler(name="lanczos"))[0]


WHERE = "COCO/sample/000000000001.jpg annotation 7"


def test_an_object_is_cut_out_four_times_enlarged(tmp_path: Path) -> None:
    done = an_object(tmp_path)
    assert done.problems == () and done.entry is not None
    rgb, alpha = decode_rgb(done.members["jpg"]), decode_plane(done.members["alpha.png"])
    assert alpha.shape == rgb.shape[:2] == (done.entry.height, done.entry.width)
    assert (alpha > 127).any(axis=1).sum() == pytest.approx(320, abs=6)
    assert (alpha > 127).any(axis=0).sum() == pytest.approx(400, abs=6)
    assert (done.entry.id, done.entry.category, done.entry.source) == ("000000000007", "cup", WHERE)
    metadata = json.loads(done.members["json"])
    assert (metadata["category"], metadata["annotation"], metadata["upscaler"]) == ("cup", 7, "lanczos")
    middle = cv2.resize(coffee()[50:130, 60:160], (400, 320), interpolation=cv2.INTER_CUBIC)[100:200, 100:300]
    found = rgb[alpha.shape[0] // 2 - 60 :, alpha.shape[1] // 2 - 100 :][:100, :200]
    assert np.abs(found.astype(int) - middle).mean() < 6


def test_a_large_object_is_kept_at_1024(tmp_path: Path) -> None:
    image = {"id": 1, "file_name": "000000000001.jpg", "height": 1400, "width": 1400}
    add_objects(tmp_path, [annotation(7, segmentation=square(10, 10, 1300, 900))], images=[image])
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(portrait(1400, 1400)))
    done = an_object(tmp_path)
    assert done.entry is not None and max(done.entry.width, done.entry.height) == 1024


def test_an_object_brings_no_ground_along(tmp_path: Path) -> None:
    shape = cv2.resize(disc(200, 300, 0.5).astype(np.float32) / 255, (300, 200))
    share = cv2.GaussianBlur(shape, (0, 0), 0.8)[..., None]
    photo = np.rint(share * 128 + (1 - share) * 255).astype(np.uint8).repeat(3, axis=2)
    outline = cv2.findContours(disc(200, 300, 0.5), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0]
    add_objects(tmp_path, [annotation(7, segmentation=[outline.reshape(-1).tolist()])])
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(photo))
    done = an_object(tmp_path)
    rgb, alpha = decode_rgb(done.members["jpg"]), decode_plane(done.members["alpha.png"])[..., None] / 255
    laid = alpha * rgb + (1 - alpha) * 128
    assert np.abs(laid - 128).max() <= 8, "grey on the same grey stays grey"


@pytest.mark.parametrize(
    ("segmentation", "problem"),
    [
        (
            {"size": [200, 300], "counts": [0, 9]},
            "expected run lengths that fill the image, got runs of 9 pixels in all for a mask of 300x200",
        ),
        ({"size": [200, 300], "counts": [60000]}, "expected an annotation with pixels inside the photograph, got an empty one"),
        (square(400, 300, 50, 50), "expected an annotation with pixels inside the photograph, got an empty one"),
        (square(60, 50, 1, 40), "expected a matte thick enough to cut out, got one that is nowhere solid"),
    ],
)  # fmt: skip
def test_outlines_that_cannot_be_used_are_refused(tmp_path: Path, segmentation: Any, problem: str) -> None:
    add_objects(tmp_path, [annotation(7)])
    thing = replace(next(iter(read_objects(tmp_path, silent))), segmentation=segmentation)
    done = prepare_objects([thing], tmp_path, Upscaler(name="lanczos"))[0]
    assert messages(done) == [f"refused {WHERE}: {problem}"]
    assert done.entry is None


def test_the_source_of_a_cut_out_is_kept_to_be_enlarged_again(tmp_path: Path) -> None:
    done = an_object(tmp_path)
    metadata = json.loads(done.members["json"])
    place = metadata["context"]
    assert set(place) == {"x", "y", "width", "height", "factor"} and place["factor"] == 4
    rgb, alpha = decode_rgb(done.members["context.jpg"]), decode_plane(done.members["context.png"])
    assert rgb.shape[:2] == alpha.shape == (place["height"], place["width"])
    photo = decode_rgb(on_grey(coffee()))[place["y"] :, place["x"] :][: rgb.shape[0], : rgb.shape[1]]
    assert np.abs(rgb.astype(int) - photo).mean() < 2, "as read"
    ys, xs = np.nonzero(alpha > 127)
    assert (xs.min() + place["x"], ys.min() + place["y"]) == (60, 50)
    again = crop_to_matte(rgb.repeat(4, 0).repeat(4, 1), enlarge_matte(alpha, 4))[1]
    assert np.array_equal(again, decode_plane(done.members["alpha.png"]))


def test_a_coarse_outline_takes_the_thing_s_own_edge(tmp_path: Path) -> None:
    thing = cv2.circle(np.zeros((200, 300), np.uint8), (150, 100), 60, 255, -1, cv2.LINE_AA)
    share = thing[..., None] / 255
    photo = np.rint(share * coffee()[::-1] + (1 - share) * (40, 90, 200)).astype(np.uint8)
    corners = [
        (150 + 62 * np.cos(turn), 100 + 62 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 9)[:-1]
    ]
    outline = [float(value) for corner in corners for value in corner]
    add_objects(tmp_path, [annotation(7, segmentation=[outline])])
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(photo))
    done = an_object(tmp_path)
    metadata = json.loads(done.members["json"])
    assert metadata["matte"] == "refined" and 2 < metadata["matte_change"] < 12
    alpha = decode_plane(done.members["alpha.png"]) > 127
    across = [alpha.any(axis=axis).sum() for axis in (0, 1)]
    assert across == pytest.approx([480, 480], abs=10), "the circle, not the octagon of 458"
    octagon = 4 * 62 * 62 / np.sqrt(2) * 16
    assert octagon < 0.96 * alpha.sum() and alpha.sum() == pytest.approx(np.pi * 240**2, rel=0.02)


def test_where_colours_tell_nothing_the_outline_is_drawn_large_and_smooth(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    slope = [60.0, 50.0, 200.0, 57.0, 60.0, 120.0]
    add_objects(tmp_path, [annotation(7, segmentation=[slope])])
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(noise))
    done = an_object(tmp_path)
    metadata = json.loads(done.members["json"])
    assert metadata["matte"] == "outline"
    place = metadata["context"]
    assert [x + place["x"] for x in place["outline"][0][::2]] == slope[::2]
    top = (decode_plane(done.members["alpha.png"]) > 127).argmax(axis=0)[40:400]
    assert np.abs(np.diff(top)).max() <= 1, "no steps of four pixels"


def test_a_photograph_of_another_size_than_annotated_is_refused(tmp_path: Path) -> None:
    add_objects(tmp_path, [annotation(7)])
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(coffee()[:100]))
    assert messages(an_object(tmp_path)) == [
        f"refused {WHERE}: expected the annotated size 300x200, got 300x100"
    ]
    write(tmp_path / "COCO/sample/000000000001.jpg", encoded(coffee())[:900])
    assert "a damaged image" in messages(an_object(tmp_path))[0]
