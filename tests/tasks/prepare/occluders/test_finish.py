from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from assets.pictures.photograph import Picture
from assets.records import Origin
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from tasks.prepare.entry import Prepared, make_entry
from tasks.prepare.occluders.finish import LONG_SIDE, finish_cut_out


def finish(matte: Image, *, notes: tuple[str, ...] = (), factor: int = 1) -> Prepared:
    rgb = np.zeros((*matte.shape, 3), np.uint8)
    rgb[matte > 127] = (200, 100, 50)
    picture = Picture(rgb=rgb, notes=notes, data=b"photograph", plain_jpeg=True)
    origin = Origin(dataset="mine", photo="", licence="free")
    blank = make_entry("object", "1", "cup", "a.jpg", origin, picture, (0, 0))
    return finish_cut_out(blank, notes, rgb, matte, {"z": 1, "a": 2}, factor, {"context.jpg": b"crop"})


def square(side: int, inside: slice) -> Image:
    matte = np.zeros((side, side), np.uint8)
    matte[inside, inside] = 255
    return matte


def test_a_cut_out_is_cropped_with_a_margin_and_its_size_stands_in_the_row() -> None:
    done = finish(square(100, slice(40, 60)))
    assert done.entry is not None and (done.entry.height, done.entry.width) == (24, 24)
    alpha = decode_plane(done.members["alpha.png"])
    assert alpha.shape == (24, 24) and not alpha[:2].any() and (alpha[2:22, 2:22] == 255).all()
    assert list(done.members) == ["jpg", "alpha.png", "context.jpg", "json"]
    assert done.members["json"] == b'{"z": 1, "a": 2}', "in the order given"


def test_colours_continue_beyond_the_matte() -> None:
    rgb = decode_rgb(finish(square(100, slice(40, 60))).members["jpg"])
    assert np.abs(rgb.astype(int) - (200, 100, 50)).max() <= 4, "no black round it"


def test_a_large_cut_out_is_shrunk() -> None:
    done = finish(square(1200, slice(10, 1190)), factor=4)
    assert done.entry is not None and max(done.entry.height, done.entry.width) == LONG_SIDE


def test_a_matte_that_is_nowhere_solid_is_refused(tmp_path: Path) -> None:
    done = finish(np.full((50, 50), 127, np.uint8))
    (problem,) = done.problems
    assert done.entry is None and done.members == {}
    assert str(problem) == "a.jpg: expected a matte thick enough to cut out, got one that is nowhere solid"


def test_conversions_are_reported_once() -> None:
    (problem,) = finish(square(50, slice(10, 40)), notes=("greyscale", "16 bits")).problems
    assert (problem.action, problem.got) == ("converted", "greyscale, 16 bits")
    assert json.loads(finish(square(50, slice(10, 40))).members["json"]) == {"z": 1, "a": 2}
