"""Shapes that were cut, occluders in the wrong place, masks with other values, by the numbers of the list."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import Result

from assets.bank.reader import Bank
from natocc.codecs import decode_plane
from natocc.labels import OCCLUSION_CLASS
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.occluders.shapes import CANVAS, shape_curve
from natocc.profiles import PROFILES
from natocc.render.compose import Composite, render
from natocc.render.params import Params
from tasks.render.inputs import load_occluder
from tests.defects.conftest import SETS, TURNS, Version, build_here
from tests.defects.plain_scenes import draw, one_level, outline_length, white_disc
from tests.natocc.inputs import face
from tests.natocc.scenes import BARE, OCCLUDERS, UNFINISHED

pytestmark = pytest.mark.xdist_group("defects")


def shapes_on_black() -> list[tuple[Params, Composite]]:
    """300 random shapes, upright in the middle, at a size at which the whole canvas would fit."""
    on, thing = one_level(0, 256), white_disc("randocc")
    made = []
    for sample in range(300):
        params = replace(draw(on, thing, "randocc", "best", sample), **BARE, **UNFINISHED, opacity=1.0)
        assert params.placement is not None
        scale = 220 / CANVAS, 220 / CANVAS
        at = replace(
            params.placement, centre=(127.5, 127.5), scale=scale, angle=0.0, facing=0.0, shear=(0.0, 0.0)
        )
        params = replace(params, placement=at)
        made.append((params, render(on, thing, params)))
    return made


def test_11_no_random_shape_is_cut_straight() -> None:
    for params, got in shapes_on_black():
        shape = got.alpha > 127
        assert not (shape[0].any() or shape[-1].any() or shape[:, 0].any() or shape[:, -1].any())
        assert params.shape is not None
        curve = shape_curve(params.shape)
        # A curve that is clipped runs along the line that it is clipped at.
        for extreme in (curve.min(0), curve.max(0)):
            assert ((np.abs(curve - extreme) < 1e-6).sum(0) <= 8).all()
        x, y = (curve * 220 / CANVAS).T
        drawn = np.zeros((512, 512), np.uint8)
        centred = np.stack([x - (x.min() + x.max()) / 2, y - (y.min() + y.max()) / 2], 1) + 256
        cv2.fillPoly(drawn, [np.rint(centred * 256).astype(np.int32)], 1, shift=8)
        # The matte's edge is drawn in by a pixel.
        missing = int(drawn.sum()) - int(shape.sum())
        assert -0.5 < missing / outline_length(drawn) < 2.5


def test_12_no_face_is_missed_or_hidden_whole_and_every_share_is_recorded(
    bank_url: str, tmp_path: Path
) -> None:
    sets: list[dict[str, object]] = [{"name": kind, "kind": kind} for kind in OCCLUDERS]
    version = build_here(tmp_path, bank_url, sets, repeats=67, size=64)
    rows = list(version.rows.values())
    assert len(rows) == 201
    for row in rows:
        assert row.hidden_ratio is not None
        assert (row.verdict == "kept") == (0.03 <= row.hidden_ratio <= 0.6) or "wrist" in row.reason
        if row.hidden_ratio < 0.03:
            assert row.reason == "hidden_too_little"
    for key, members in version.samples.items():
        mask, clean = (decode_plane(members[name]) for name in ("mask.png", "clean_mask.png"))
        hidden = 1 - mask.sum() / clean.sum()
        assert 0.03 <= hidden <= 0.6
        assert version.rows[key].hidden_ratio == pytest.approx(hidden, abs=1e-5)
        assert json.loads(members["json"])["hidden_ratio"] == pytest.approx(hidden, abs=1e-5)
    assert len(version.samples) > 180, "and few are lost to it"


def test_12_a_recipes_own_limits_are_kept(bank_url: str, tmp_path: Path) -> None:
    sets: list[dict[str, object]] = [{"name": "object", "kind": "object"}]
    version = build_here(tmp_path, bank_url, sets, repeats=30, size=64, hidden_ratio=[0.2, 0.3])
    shares = [row.hidden_ratio for row in version.rows.values() if row.verdict == "kept"]
    assert len(shares) > 15
    assert all(share is not None and 0.2 <= share <= 0.3 for share in shares)


def test_13_masks_hold_nothing_but_0_and_1(best: Version, paper: Version) -> None:
    kinds = set()
    for version in (best, paper):
        for key, members in version.samples.items():
            kinds.add(key.partition("-")[0])
            for name in ("mask.png", "clean_mask.png"):
                plane = decode_plane(members[name])
                assert set(np.unique(plane).tolist()) == {0, 1}, f"{key} {name}"
            assert decode_plane(members["parsing.png"]).max() <= OCCLUSION_CLASS
    assert kinds == {one["name"] for one in SETS}


@cache
def hands_of(bank: Path) -> dict[int, Occluder]:
    """The prepared hands, by how far the stored one was turned."""
    opened = Bank(str(bank))
    return {
        TURNS[int(Path(one.source).stem[-1])]: load_occluder(opened, one) for one in opened.entries("hand")
    }


def widths(hand: Occluder) -> tuple[float, float]:
    """Mean width of the wrist's end (the upper quarter) and of the fingers' (the lower one)."""
    assert hand.alpha is not None
    rows = (hand.alpha[0] > 127).sum(1)
    quarter = len(rows) // 4
    return float(rows[:quarter].mean()), float(rows[-quarter:].mean())


def test_14_hands_stored_in_any_orientation_come_out_alike(prepared: tuple[Path, Result]) -> None:
    hands = hands_of(prepared[0])
    assert sorted(hands) == sorted(TURNS)
    first = hands[0]
    for sample in range(4):
        params = draw(face(128), first, "hand", "best", sample)
        expected = render(face(128), first, params)
        for turned, hand in hands.items():
            wrist, fingers = widths(hand)
            assert fingers > 1.3 * wrist, f"stored turned by {turned}: fingers hang"
            got = render(face(128), hand, params)
            assert (got.mask != expected.mask).mean() < 0.01, turned
            assert cv2.absdiff(got.image, expected.image).mean() < 1.5, turned


@pytest.mark.parametrize("turned", TURNS)
def test_14_the_fingers_reach_for_the_face_and_the_wrist_does_not(
    prepared: tuple[Path, Result], turned: int
) -> None:
    """The wrist's half is painted blue and the fingers' half red."""
    hand = hands_of(prepared[0])[turned]
    assert hand.alpha is not None
    rgb = np.zeros((*hand.size, 3), np.uint8)
    rgb[: hand.size[0] // 2, :, 2] = rgb[hand.size[0] // 2 :, :, 0] = 255
    painted = make_occluder(rgb, np.ascontiguousarray(hand.alpha[0]))
    on = one_level(0, 256)
    box = on.box
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    for profile in PROFILES:
        nearer = []
        for sample in range(30):
            params = draw(on, painted, "hand", profile, sample)
            params = replace(params, **BARE, **UNFINISHED, transfer=None)
            assert params.placement is not None
            away = np.hypot(*(np.array(params.placement.centre) - middle))
            if away < 40:
                continue
            got = render(on, painted, params).image
            if (got[..., 0] > 127).sum() < 50 or (got[..., 2] > 127).sum() < 50:
                continue
            red, blue = (np.argwhere(got[..., channel] > 127)[:, ::-1].mean(0) for channel in (0, 2))
            nearer.append(np.hypot(*(red - middle)) < np.hypot(*(blue - middle)))
        assert len(nearer) >= 3 and all(nearer), profile
