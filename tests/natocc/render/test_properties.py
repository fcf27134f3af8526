"""What holds for every picture, mask and parameter: labels, reach, replay, sizes."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png
from natocc.face import make_face
from natocc.geometry import mask_box
from natocc.harmonise.statistics import harmonise_statistics
from natocc.labels import OCCLUSION_CLASS
from natocc.occluders.occluder import make_occluder
from natocc.placement.affine import Placement
from natocc.profiles import PROFILES
from natocc.randomness import Streams
from natocc.render.compose import Composite, render
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Params
from natocc.transfer.apply import Method, Transfer
from tasks.render.replay import parse_params
from tests.natocc.inputs import face, occluder
from tests.natocc.scenes import FORMS, LOOKS, METHODS, OCCLUDERS, Scene, picture, plane, scenes

JPEG_BLOCK = 16


def made(scene: Scene) -> Composite:
    return render(scene.face, scene.occluder, scene.params, harmonise_statistics)


def near(alpha: np.ndarray, reach: int) -> np.ndarray:
    """Pixels at most ``reach`` from the occluder in both axes."""
    side = 2 * reach + 1
    return cv2.dilate((alpha > 0).astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def check_labels(got: Composite, opacity: float) -> None:
    """The rules of docs/format.md on the stored planes."""
    stored = {name: decode_plane(encode_png(getattr(got, name))) for name in ("mask", "clean_mask", "alpha")}
    mask, clean, alpha = stored["mask"], stored["clean_mask"], stored["alpha"]
    hidden = alpha / (255 * opacity) >= 0.5
    assert set(np.unique(mask)) | set(np.unique(clean)) <= {0, 1}
    assert not (mask & ~clean).any(), "visible face where there is no face"
    assert np.array_equal(mask, clean * ~hidden)
    assert alpha.max() <= round(255 * opacity)
    assert got.hidden_ratio == pytest.approx(1 - mask.sum() / max(1, clean.sum()) if clean.any() else 0.0)
    assert got.parsing is None or np.array_equal(got.parsing == OCCLUSION_CLASS, hidden)


@settings(max_examples=150)
@given(scenes())
def test_the_label_is_the_face_less_the_occluder_and_the_hidden_ratio_is_what_it_says(scene: Scene) -> None:
    got = made(scene)
    assert got.image.shape == got.clean.shape == scene.face.image.shape
    assert got.image.dtype == got.clean.dtype == np.uint8
    check_labels(got, scene.params.opacity)


@settings(max_examples=150)
@given(scenes())
def test_pictures_with_and_without_the_occluder_are_one_beyond_its_reach(scene: Scene) -> None:
    got = made(scene)
    beyond = ~near(got.alpha, got.reach_px)
    assert np.array_equal(got.image[beyond], got.clean[beyond])
    decoded, clean = (decode_rgb(encode_jpeg(one)) for one in (got.image, got.clean))
    beyond = ~near(got.alpha, got.reach_px + JPEG_BLOCK)
    assert cv2.absdiff(decoded, clean)[beyond].max(initial=0) <= 1


@settings(max_examples=80)
@given(scenes())
def test_parameters_read_back_from_json_make_the_same_bytes(scene: Scene) -> None:
    read = parse_params(json.loads(json.dumps(asdict(scene.params))))
    assert read == scene.params
    first, second = made(scene), made(Scene(scene.face, scene.occluder, read))
    for name in ("image", "clean", "mask", "clean_mask", "alpha"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes(), name
    assert (first.hidden_ratio, first.reach_px) == (second.hidden_ratio, second.reach_px)


def check_size(
    height: int, width: int, long_side: int, look: str, form: str, seed: int, profiles: tuple[str, ...]
) -> None:
    rng = np.random.default_rng(seed)
    image, mask = picture(look, (height, width), rng), plane(form, (height, width), rng) * np.uint8(255)
    if form in ("lines", "pixel"):
        # A line is no face once it is made smaller than a pixel.
        mask = cv2.dilate(mask, np.ones((25, 25), np.uint8)).astype(np.uint8)
    scale = long_side / max(height, width)
    on = make_face(image, mask, mask // 255, long_side=long_side)
    assert on.size == (round(height * scale), round(width * scale))
    kind = OCCLUDERS[seed % len(OCCLUDERS)]
    switches = Switches(transfer_strength=1.0, harmonise=True)
    streams = Streams(seed, kind, "0")
    for profile in profiles:
        params = draw_params(on, occluder(kind), kind, PROFILES[profile], switches, streams)
        got = render(on, occluder(kind), params, harmonise_statistics)
        assert got.image.shape == (*on.size, 3) and got.mask.shape == got.alpha.shape == on.size
        check_labels(got, params.opacity)


@settings(max_examples=40)
@given(
    st.integers(40, 260),
    st.integers(40, 260),
    st.integers(64, 320),
    st.sampled_from(LOOKS),
    st.sampled_from(FORMS),
    st.integers(0, 2**32 - 1),
)
def test_any_size_and_aspect_gives_whole_samples(
    height: int, width: int, long_side: int, look: str, form: str, seed: int
) -> None:
    check_size(height, width, long_side, look, form, seed, tuple(PROFILES))


@pytest.mark.parametrize(
    ("height", "width", "profile"), [(512, 512, "best"), (256, 64, "paper"), (48, 300, "code")]
)
def test_the_largest_size_gives_whole_samples(height: int, width: int, profile: str) -> None:
    check_size(height, width, 4096, "photograph", "ellipse", height + width, (profile,))


@pytest.mark.parametrize("method", METHODS)
def test_a_small_hand_takes_the_colours_of_a_face_of_which_little_is_seen(method: Method) -> None:
    """Blue, twelve pixels wide; of the face two single pixels are left, far apart."""
    mask = np.zeros((128, 128), np.uint8)
    mask[30, 90] = mask[90, 30] = 1
    on = replace(face(128), mask=mask, box=mask_box(mask))
    blue = make_occluder(np.full((14, 12, 3), (0, 0, 255), np.uint8), np.full((14, 12), 255, np.uint8))
    at = Placement(centre=(60, 60), scale=(1, 1), angle=0, shear=(0, 0), facing=0)
    transfer = Transfer(strength=1.0, seed=7, method=method)
    got = render(on, blue, Params(kind="hand", placement=at, transfer=transfer))
    solid = got.alpha > 200
    assert solid.any()
    skin = on.image[mask > 0].mean(0)
    assert np.abs(got.image[solid].mean(0) - skin).max() < 80
