from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.face import Face
from natocc.geometry import mask_box
from natocc.labels import OCCLUSION_CLASS
from natocc.occluders.occluder import make_occluder
from natocc.render.compose import Composite, render
from natocc.render.params import Affine, Params
from tasks.render.replay import parse_params
from tests.natocc.inputs import draw, face, make, occluder, tall_face

KINDS: tuple[str, ...] = ("randocc", "object", "hand")
PROFILES = ("best", "paper", "code")
JPEG_BLOCK = 16


def digest(sample: Composite) -> str:
    """One hash of all the bytes of a sample."""
    planes = (sample.mask, sample.clean_mask, sample.alpha)
    data = [encode_jpeg(sample.image), encode_jpeg(sample.clean), *map(encode_png, planes)]
    if sample.parsing is not None:
        data.append(encode_png(sample.parsing))
    return hashlib.sha256(b"".join(data)).hexdigest()


def drawn(on: Face, kind: str, profile: str, sample: int) -> Params:
    """With every switch on for every second sample."""
    return draw(on, kind, profile, sample, harmonise=True, transfer_strength=float(sample % 2))


def many(count: int) -> Iterator[tuple[Params, Composite]]:
    for kind in KINDS:
        for profile in PROFILES:
            for sample in range(count):
                on = tall_face() if sample % 5 == 0 else face()
                params = drawn(on, kind, profile, sample)
                yield params, make(on, params)


def test_labels_follow_the_rule_on_the_stored_files() -> None:
    for params, sample in many(5):
        alpha, clean, mask = (
            decode_plane(encode_png(plane)) for plane in (sample.alpha, sample.clean_mask, sample.mask)
        )
        assert np.array_equal(mask, (clean > 0) & (alpha / (255 * params.opacity) < 0.5))
        assert mask.max() <= 1 and clean.max() == 1
        assert sample.hidden_ratio == pytest.approx(1 - mask.sum() / clean.sum())
        assert sample.parsing is not None
        assert np.array_equal(sample.parsing == OCCLUSION_CLASS, alpha / (255 * params.opacity) >= 0.5)


def test_decoded_pictures_are_equal_beyond_the_reach() -> None:
    judged = 0
    for params, sample in many(16):
        decoded, clean = (decode_rgb(encode_jpeg(one)) for one in (sample.image, sample.clean))
        side = 2 * (sample.reach_px + JPEG_BLOCK) + 1
        beyond = cv2.dilate((sample.alpha > 0).astype(np.uint8), np.ones((side, side), np.uint8)) == 0
        assert cv2.absdiff(decoded, clean)[beyond].max(initial=0) <= 1, params
        judged += bool(beyond.any())
    assert judged > 90


def test_the_reach_is_no_wider_than_seam_blur_and_affine_ask_for() -> None:
    for drawn_params, shaded in many(4):
        params = replace(drawn_params, shadow=None)
        sample = make(tall_face() if shaded.mask.shape != (256, 256) else face(), params)
        assert sample.reach_px <= shaded.reach_px
        seam = 4 if params.seam_blur else 0
        blur = params.final_blur.radius if params.final_blur else 0
        assert seam + blur <= sample.reach_px
        if params.final_affine is None:
            assert sample.reach_px == seam + blur


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_sample_is_the_mirrored_sample(kind: str) -> None:
    params = replace(drawn(face(), kind, "paper", 1), final_flip=False)
    plain, flipped = make(face(), params), make(face(), replace(params, final_flip=True))
    for name in ("image", "clean", "mask", "clean_mask", "alpha"):
        assert np.array_equal(getattr(flipped, name), getattr(plain, name)[:, ::-1]), name
    assert flipped.parsing is not None and plain.parsing is not None
    assert np.array_equal(flipped.parsing == 4, (plain.parsing == 5)[:, ::-1])
    assert np.array_equal(flipped.parsing == 19, (plain.parsing == 19)[:, ::-1])
    assert (flipped.hidden_ratio, flipped.reach_px) == (plain.hidden_ratio, plain.reach_px)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("flip", [False, True])
def test_a_chessboard_labels_itself(profile: str, flip: bool) -> None:
    # White squares are face, black ones not, and the occluder is red: the picture says its own label.
    board = ((np.indices((256, 256)) // 32).sum(0) % 2).astype(np.uint8)
    on = Face(image=np.dstack([board * 255] * 3), mask=board, parsing=board, box=mask_box(board))
    red = np.full((90, 70, 3), (255, 0, 0), np.uint8)
    thing = make_occluder(red, np.full((90, 70), 255, np.uint8))
    plain = {
        "blur": None,
        "jpeg": None,
        "tone": None,
        "final_blur": None,
        "final_tone": None,
        "final_flip": flip,
    }
    affine = Affine(scale=(0.9, 1.15), angle=-9.0, shear=(5.0, -3.0)) if profile == "paper" else None
    for sample in range(6):
        params = replace(draw(on, "object", profile, sample), final_affine=affine, seam_blur=False, **plain)  # type: ignore[arg-type]
        got = render(on, thing, params)
        white = got.clean[..., 0] > 127
        edge = cv2.morphologyEx(got.clean_mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        assert np.array_equal(white[~edge], got.clean_mask[~edge] > 0)
        assert (white != (got.clean_mask > 0)).mean() < 0.01
        is_red = (got.image[..., 0] > 127) & (got.image[..., 1] < 128)
        assert np.array_equal(is_red, got.alpha >= 128) or (is_red != (got.alpha >= 128)).mean() < 0.002
        assert np.array_equal(got.mask > 0, (got.clean_mask > 0) & (got.alpha < 128))


@pytest.mark.parametrize("size", [64, 97, 512, 1024, 2048])
def test_every_size_gives_whole_samples(size: int) -> None:
    for kind in KINDS:
        got = make(face(size), drawn(face(size), kind, "best", 3))
        assert got.image.shape == got.clean.shape == (size, size, 3)
        planes = (got.mask, got.clean_mask, got.alpha, got.parsing)
        assert all(plane is not None and plane.shape == (size, size) for plane in planes)
        assert 0.01 < got.hidden_ratio < 0.9


def test_the_same_place_is_hidden_at_every_size() -> None:
    at_512 = drawn(face(512), "object", "best", 4)
    assert at_512.placement is not None
    doubled = replace(
        at_512,
        placement=replace(
            at_512.placement,
            centre=tuple(2 * value + 0.5 for value in at_512.placement.centre),
            scale=tuple(2 * value for value in at_512.placement.scale),
        ),
    )
    small, large = make(face(512), at_512), make(face(1024), doubled)
    assert large.hidden_ratio == pytest.approx(small.hidden_ratio, abs=0.01)
    reduced = cv2.resize(large.mask * np.uint8(255), (512, 512), interpolation=cv2.INTER_AREA) > 127
    assert (reduced != (small.mask > 0)).mean() < 0.01


def test_an_occluder_that_misses_the_picture_leaves_the_face_as_it_is() -> None:
    params = drawn(face(), "object", "best", 0)
    assert params.placement is not None
    away = replace(params, placement=replace(params.placement, centre=(5000.0, 5000.0)))
    got = make(face(), away)
    assert np.array_equal(got.image, got.clean) and got.alpha.max() == 0
    assert got.hidden_ratio == 0 and np.array_equal(got.mask, got.clean_mask)


def test_an_unoccluded_sample_is_the_photograph() -> None:
    got = render(face(), None, Params(kind="none"))
    assert np.array_equal(got.image, face().image) and np.array_equal(got.clean, face().image)
    assert np.array_equal(got.mask, face().mask) and (got.alpha.max(), got.reach_px) == (0, 0)


def test_inputs_are_left_as_they_were() -> None:
    before = [face().image.copy(), face().mask.copy(), *(plane.copy() for plane in occluder("hand").rgb)]  # type: ignore[union-attr]
    for profile in PROFILES:
        make(face(), drawn(face(), "hand", profile, 1))
    after = [face().image, face().mask, *occluder("hand").rgb]  # type: ignore[union-attr]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("profile", PROFILES)
def test_parameters_written_as_json_render_the_same_bytes(kind: str, profile: str) -> None:
    for sample in range(4):
        params = drawn(face(), kind, profile, sample)
        read = parse_params(json.loads(json.dumps(asdict(params))))
        assert read == params
        assert digest(make(face(), read)) == digest(make(face(), params))


def test_parameters_with_a_wrong_field_are_refused_by_name() -> None:
    data = asdict(drawn(face(), "object", "best", 0))
    with pytest.raises(ValueError, match=r"placement\.angle"):
        parse_params(data | {"placement": data["placement"] | {"angle": "much"}})


def digests() -> dict[str, str]:
    return {
        f"{kind} {profile}": digest(make(face(), drawn(face(), kind, profile, 1)))
        for kind in KINDS
        for profile in PROFILES
    }


def test_bytes_depend_on_neither_process_nor_threads() -> None:
    expected = digests()
    assert digests() == expected
    assert len(set(expected.values())) > 6
    try:
        cv2.setNumThreads(2)
        assert digests() == expected
    finally:
        cv2.setNumThreads(1)
    code = "import json; from tests.natocc.render.test_compose import digests; print(json.dumps(digests()))"
    root = Path(__file__).parents[3]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == expected


def test_what_the_parameters_name_must_be_handed_over() -> None:
    params = drawn(face(), "object", "best", 0)
    with pytest.raises(ValueError, match="expected an occluder for kind 'object', got none"):
        render(face(), None, params)
    with pytest.raises(ValueError, match="expected a harmoniser for parameters with harmonise, got none"):
        render(face(), occluder("object"), params)


def test_the_hands_colours_come_closer_to_the_face_only_when_asked() -> None:
    blue = make_occluder(np.full((200, 100, 3), (40, 60, 180), np.uint8), np.full((200, 100), 255, np.uint8))
    params = replace(
        draw(face(), "hand", sample=2, transfer_strength=1.0), tone=None, final_tone=None, final_blur=None
    )
    skin = face().image[face().mask > 0].mean(0)
    gaps = []
    for one in (params, replace(params, transfer=None)):
        got = render(face(), blue, one)
        gaps.append(np.abs(got.image[got.alpha == 255].mean(0) - skin).max())
    assert gaps[0] < 8 and gaps[1] > 60
