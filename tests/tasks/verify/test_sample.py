"""Every rule of the format, broken one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from natocc.codecs import encode_jpeg, encode_png
from natocc.labels import OCCLUSION_CLASS, hidden_ratio, occlude_parsing, visible_mask
from tasks.verify.sample import FIELDS, JPEG_BLOCK, REQUIRED, check_sample

SIDE, OPACITY, REACH = 128, 0.8, 2
Members = dict[str, bytes]


def sample() -> tuple[dict[str, Any], dict[str, Any]]:
    """Planes and pictures of a sound sample, and its metadata."""
    clean = np.full((SIDE, SIDE, 3), 120, np.uint8)
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[40:56, 40:56] = round(255 * OPACITY)
    face = np.zeros((SIDE, SIDE), np.uint8)
    face[20:100, 20:100] = 1
    image = clean.copy()
    image[alpha > 0] = (200, 90, 60)
    mask = visible_mask(face, alpha, OPACITY)
    planes = {
        "jpg": image,
        "clean.jpg": clean,
        "alpha.png": alpha,
        "mask.png": mask,
        "clean_mask.png": face,
        "parsing.png": occlude_parsing(face, alpha, OPACITY),
    }
    metadata = dict.fromkeys(FIELDS, None) | {
        "key": "k",
        "opacity": OPACITY,
        "reach_px": REACH,
        "hidden_ratio": hidden_ratio(face, mask),
    }
    return planes, metadata


def encoded(planes: dict[str, Any], metadata: dict[str, Any]) -> Members:
    members = {
        name: encode_jpeg(plane) if name.endswith("jpg") else encode_png(plane)
        for name, plane in planes.items()
    }
    return members | {"json": json.dumps(metadata).encode()}


def broken(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[str]:
    """Findings about the sample after a change of its planes or metadata."""
    planes, metadata = sample()
    change(planes, metadata)
    return check_sample("k", encoded(planes, metadata))


def test_a_sound_sample_has_no_findings() -> None:
    assert broken(lambda planes, metadata: None) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_member_is_missing(name: str) -> None:
    members = encoded(*sample())
    del members[name]
    assert check_sample("k", members) == [f"k: expected members {', '.join(REQUIRED)}, {name} missing"]


@pytest.mark.parametrize("field", ["key", "reach_px", "licences"])
def test_a_field_is_missing(field: str) -> None:
    assert broken(lambda planes, metadata: metadata.pop(field)) == [
        f"k: json: expected fields {field}, missing"
    ]


def test_types_that_differ_from_other_samples_are_findings() -> None:
    findings = broken(lambda planes, metadata: metadata.update(schema=2, key=None, opacity=1))
    assert "k: json > key: expected a string as in every sample, got null" in findings
    assert "k: json > opacity: expected a number as in every sample, got 1" in findings


def test_a_member_that_can_not_be_decoded_is_a_finding() -> None:
    for name in ("jpg", "mask.png", "json"):
        (finding,) = check_sample("k", encoded(*sample()) | {name: b"damaged"})
        assert finding.startswith("k: ")


def test_another_key_in_the_json() -> None:
    assert broken(lambda planes, metadata: metadata.update(key="other")) == [
        "k: json: expected key 'k', got 'other'"
    ]


def test_a_member_of_another_size() -> None:
    (finding,) = broken(lambda planes, metadata: planes.update({"alpha.png": planes["alpha.png"][:64]}))
    assert finding == "k: expected every member to be 128x128, got {'alpha.png': (64, 128)}"


def test_a_mask_of_255_is_no_mask_of_1() -> None:
    assert broken(lambda planes, metadata: planes.update({"mask.png": planes["mask.png"] * 255})) == [
        "k: mask.png: expected values 0 and 1, got 255"
    ]


def test_a_face_that_is_visible_through_the_occluder() -> None:
    findings = broken(lambda planes, metadata: planes["mask.png"].__setitem__((45, 45), 1))
    assert findings[0] == "k: mask.png: expected no visible face where alpha/(255·opacity) ≥ 0.5, got some"
    assert "1 pixels differ" in findings[1]


def test_half_of_the_opacity_is_where_the_occluder_begins() -> None:
    """alpha/(255·opacity) is 0.5 at 102 for an opacity of 0.8."""
    assert broken(lambda planes, metadata: planes["alpha.png"].__setitem__((50, 50), 102)) == []
    findings = broken(lambda planes, metadata: planes["alpha.png"].__setitem__((50, 50), 101))
    assert len(findings) == 2 and "mask.png" in findings[0] and "parsing.png" in findings[1]


def test_a_hidden_ratio_that_the_masks_do_not_give() -> None:
    findings = broken(lambda planes, metadata: metadata.update(hidden_ratio=0.5))
    assert findings == ["k: json: expected hidden_ratio 0.040000 from the masks, got 0.5"]


def test_the_occlusion_class_elsewhere() -> None:
    findings = broken(lambda planes, metadata: planes["parsing.png"].__setitem__((0, 0), OCCLUSION_CLASS))
    assert findings == ["k: parsing.png: expected class 19 exactly where the occluder is, got other pixels"]


def test_a_difference_is_allowed_up_to_the_reach_and_a_block() -> None:
    edge = 55 + REACH + JPEG_BLOCK

    def near(planes: dict[str, Any], metadata: dict[str, Any]) -> None:
        planes["jpg"][40:56, 56 : edge - 8] = 200

    assert broken(near) == []

    def far(planes: dict[str, Any], metadata: dict[str, Any]) -> None:
        planes["jpg"][40:56, edge + 16 : edge + 32] = 200

    (finding,) = broken(far)
    assert finding.startswith("k: expected jpg and clean.jpg equal to 1 level beyond reach_px 2 + 16, got ")
