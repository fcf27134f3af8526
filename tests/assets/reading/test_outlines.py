from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from assets.problems import BadInput
from assets.reading.outlines import read_outline, sound_points
from natocc.geometry import Image
from natocc.masks.rle import decode_runs, encode_runs

SIZE = (40, 60)
FLAT = [10.0, 10.0, 30.0, 10.0, 30.0, 25.0, 20.0, 28.0, 10.0, 25.0]
PAIRS = [FLAT[at : at + 2] for at in range(0, 10, 2)]


@pytest.mark.parametrize(
    "shape",
    [
        [FLAT],
        FLAT,
        PAIRS,
        [PAIRS],
        [[FLAT]],
        [[PAIRS]],
        [str(value) for value in FLAT],
        [[str(value) for value in FLAT]],
        {"exterior": PAIRS, "interiors": []},
        [{"exterior": PAIRS, "interiors": None}],
        [{"x": x, "y": y} for x, y in PAIRS],
    ],
    ids=json.dumps,
)
def test_one_polygon_in_the_shapes_that_tools_write(shape: Any) -> None:
    outline = read_outline(shape, SIZE)
    assert outline.segmentation == [FLAT] and outline.left_out == 0


def test_several_polygons_stay_several() -> None:
    other = [1.0, 1, 5, 1, 5, 5]
    assert read_outline([FLAT, other], SIZE).segmentation == [FLAT, other]
    pairs = [[1, 1], [5, 1], [5, 5]]
    assert read_outline([PAIRS, pairs], SIZE).segmentation == [FLAT, other]


def plane() -> Image:
    mask = np.zeros(SIZE, np.uint8)
    mask[10:20, 12:30] = 255
    mask[25:30, 40:60] = 255
    return mask


@pytest.mark.parametrize("form", ["plain", "text", "bytes", "numbers as text", "floats"])
@pytest.mark.parametrize("listed", [False, True])
def test_run_lengths_in_the_shapes_that_tools_write(form: str, listed: bool) -> None:
    runs = encode_runs(plane())
    packed = coco_mask.encode(np.asfortranarray(plane() // 255))["counts"]
    counts = {
        "plain": runs,
        "text": packed.decode(),
        "bytes": str(packed),
        "numbers as text": [str(run) for run in runs],
        "floats": [float(run) for run in runs],
    }[form]
    value: Any = {"size": [40, 60], "counts": counts}
    found = read_outline([value] if listed else value, SIZE).segmentation
    assert isinstance(found, dict) and found["size"] == [40, 60]
    assert np.array_equal(decode_runs(found["counts"], SIZE), plane())  # type: ignore[arg-type]


def test_a_backslash_in_bytes_as_text_is_one() -> None:
    # One run of 44 pixels.
    text = str(b"\\1")
    assert text == "b'\\\\1'"
    found = read_outline({"size": [44, 1], "counts": text}, (44, 1)).segmentation
    assert found == {"size": [44, 1], "counts": "\\1"}


def test_several_run_lengths_are_joined_and_holes_taken_out() -> None:
    first, second = plane(), plane()
    first[:, 35:], second[:, :35] = 0, 0
    parts = [{"size": [40, 60], "counts": encode_runs(part)} for part in (first, second)]
    found = read_outline(parts, SIZE).segmentation
    assert isinstance(found, dict)
    assert np.array_equal(decode_runs(found["counts"], SIZE), plane())  # type: ignore[arg-type]
    box = {
        "exterior": [[10, 10], [30, 10], [30, 30], [10, 30]],
        "interiors": [[[15, 15], [20, 15], [20, 20], [15, 20]]],
    }
    found = read_outline(box, SIZE).segmentation
    assert isinstance(found, dict)
    mask = decode_runs(found["counts"], SIZE)  # type: ignore[arg-type]
    assert (mask > 0).sum() == 400 - 25 and not mask[15:20, 15:20].any()


SHAPES = r"polygons \(lists x, y, …\) or run lengths \(size and counts\)"


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (None, "polygons or RLE, got no segmentation"),
        ([], "polygons or RLE, got no segmentation"),
        ({}, "polygons or RLE, got no segmentation"),
        ("", "polygons or RLE, got no segmentation"),
        ("cup", f"{SHAPES}, got a text 'cup'"),
        (7, f"{SHAPES}, got a number 7"),
        ({"type": "Polygon"}, f"{SHAPES}, got an object with type"),
        ([[]], "a polygon of at least 3 points, got 0"),
        ([[1, 2, 3, 4]], "a polygon of at least 3 points, got 2"),
        ([[1, 2], [3, 4]], "a polygon of at least 3 points, got 2"),
        ([[1, 2, 3, 4, 5, 6, 7]], "a polygon of pairs x, y, got 7 numbers"),
        ([["a", 1, 2, 3, 4, 5]], "numbers in a polygon, got 'a'"),
        ([[True, 1, 2, 3, 4, 5]], "numbers in a polygon, got True"),
        ([[[1, 2, 3], [1, 2, 3], [4, 5, 6]]], "a polygon of pairs x, y, got 3 numbers"),
        ([[[[[[FLAT]]]]]], f"{SHAPES}, got a list of 1"),
        ([[1, 2, None, 4, 5, 6]], "finite numbers for each point of a polygon, got 1 of 3 points without"),
        ([[1, 2, float("nan"), 4, 5, 6]], "finite numbers for each point .*, got 1 of 3 points without"),
        ([[1, 2, 900, 4, 5, 6]], r"points on the image of 60x40, got \(900, 4\), far outside"),
        ({"size": [60, 40], "counts": [2400]}, "the image's size 60x40, got 40x60: height and width in the other order"),
        ({"size": [4, 6], "counts": [24]}, "the image's size 60x40, got 6x4"),
        ({"counts": [2400]}, r"run lengths with a size \[height, width\], got none"),
        ({"size": "40x60", "counts": [2400]}, r"run lengths with a size \[height, width\], got a text '40x60'"),
        ({"size": [40, 60], "counts": [5, 6]}, "run lengths that fill the image, got runs of 11 pixels"),
        ({"size": [40, 60], "counts": [2401, -1]}, "run lengths that fill the image, got runs of 2400"),
        ({"size": [40, 60], "counts": None}, "counts as a list or as compressed text, got none"),
        ({"size": [40, 60], "counts": [1, "x"]}, "counts that are whole numbers, got 1 others among 2"),
        ({"size": [40, 60], "counts": "b'6'"}, "run lengths that fill the image, got runs of 6 pixels"),
        ({"exterior": 7}, f"{SHAPES}, got a number 7"),
        ({"exterior": PAIRS, "interiors": 7}, "interiors as a list of lines, got a number 7"),
    ],
)  # fmt: skip
def test_other_shapes_are_refused_in_words_of_the_format(shape: Any, message: str) -> None:
    with pytest.raises(BadInput, match=f"^expected {message}"):
        read_outline(shape, SIZE)


@pytest.mark.parametrize(
    "stray", [(None, None), (float("nan"), 3.0), (9e9, 1.0), (5.0, -400.0), ("nan", "1")]
)
def test_one_stray_point_does_not_lose_the_outline(stray: tuple[object, object]) -> None:
    outline = read_outline([[*FLAT[:4], *stray, *FLAT[4:]]], SIZE)
    assert outline.segmentation == [FLAT] and outline.left_out == 1


def test_points_a_little_outside_stay() -> None:
    beyond = [-5.0, -5.0, 70.0, -5.0, 70.0, 50.0]
    assert read_outline([beyond], SIZE).segmentation == [beyond]
    with pytest.raises(BadInput, match="far outside"):
        read_outline([beyond], SIZE, reach=0.05)


def test_a_piece_of_two_points_beside_a_sound_one_is_left_out() -> None:
    outline = read_outline([FLAT, [1.0, 2.0, 3.0, 4.0], []], SIZE)
    assert outline.segmentation == [FLAT] and outline.left_out == 2


def test_points_of_a_line_are_counted() -> None:
    points, left_out = sound_points([*PAIRS, [900, 900]], SIZE, 0.05)
    assert points.tolist() == PAIRS and left_out == 1


@pytest.mark.parametrize("place", range(6))
def test_a_number_too_large_for_a_float_is_refused_as_a_point_without_position(place: int) -> None:
    points: list[int] = [10, 10, 30, 10, 30, 25]
    points[place] = 10**400
    with pytest.raises(BadInput, match="expected finite numbers for each point of a polygon, got 1 of 3"):
        read_outline([points], SIZE)


@pytest.mark.parametrize("form", ["flat", "pairs", "pieces"])
def test_shares_of_the_picture_are_no_positions_in_pixels(form: str) -> None:
    shares = [0.2, 0.25, 0.5, 0.25, 0.5, 1.0]
    pairs = [shares[at : at + 2] for at in range(0, 6, 2)]
    shape: Any = {"flat": shares, "pairs": pairs, "pieces": [shares, shares]}[form]
    with pytest.raises(BadInput, match="expected positions in pixels, got all from 0 to 1"):
        read_outline(shape, SIZE)


def test_a_piece_in_the_first_pixel_beside_others_is_no_share_of_the_picture() -> None:
    tiny = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]
    assert read_outline([FLAT, tiny], SIZE).segmentation == [FLAT, tiny]
