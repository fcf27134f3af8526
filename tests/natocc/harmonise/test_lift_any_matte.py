"""What lifting a network's picture keeps, whatever matte, network and size."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS, harmonise_lifted

SIDES = st.integers(1, 90)
KINDS = st.sampled_from(["noise", "sparse", "one pixel", "faint", "full", "half"])
WORKING = 32


def _matte(kind: str, height: int, width: int, rng: np.random.Generator) -> Image:
    """uint8 (H, W)."""
    noise = rng.integers(0, 256, (height, width), dtype=np.uint8)
    pixel = np.zeros_like(noise)
    pixel[rng.integers(height), rng.integers(width)] = 255
    return {
        "noise": noise,
        "sparse": noise * (rng.random((height, width)) < 0.02),
        "one pixel": pixel,
        "faint": noise % 4,
        "full": np.full_like(noise, 255),
        "half": np.where(np.arange(width) < width / 2, 255, 0).astype(np.uint8) * np.ones_like(noise),
    }[kind].astype(np.uint8)


@settings(max_examples=60)
@given(
    lift=st.sampled_from(sorted(LIFTS)),
    kind=KINDS,
    height=SIDES,
    width=SIDES,
    seed=st.integers(0, 10**6),
)
def test_the_background_is_equal_to_the_bit(lift: str, kind: str, height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    composite = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    matte = _matte(kind, height, width, rng)
    before = composite.copy(), matte.copy()

    def wild(shown: Image, _: Image) -> Image:
        return rng.integers(0, 256, shown.shape, dtype=np.uint8)

    result = harmonise_lifted(composite, matte, wild, size=WORKING, lift=lift)
    assert result.shape == composite.shape and result.dtype == np.uint8
    assert np.array_equal(result[matte == 0], composite[matte == 0])
    # What was given stays as it was, and is not what comes back.
    assert np.array_equal(composite, before[0]) and np.array_equal(matte, before[1])
    assert not np.shares_memory(result, composite)


@given(
    lift=st.sampled_from(sorted(LIFTS)),
    kind=KINDS,
    height=SIDES,
    width=SIDES,
    seed=st.integers(0, 10**6),
)
def test_no_change_of_the_network_is_no_change(
    lift: str, kind: str, height: int, width: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    composite = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    matte = _matte(kind, height, width, rng)
    result = harmonise_lifted(composite, matte, lambda shown, _: shown, size=WORKING, lift=lift)
    assert np.abs(result.astype(int) - composite).max() <= 1


@given(
    kind=st.sampled_from(["full", "half"]),
    height=st.integers(8, 90),
    width=st.integers(8, 90),
    shift=st.integers(-40, 40),
)
def test_a_shift_of_all_colours_is_lifted_at_any_size(kind: str, height: int, width: int, shift: int) -> None:
    rng = np.random.default_rng(0)
    composite = rng.integers(60, 196, (height, width, 3), dtype=np.uint8)
    matte = _matte(kind, height, width, rng)

    def shifted(shown: Image, _: Image) -> Image:
        return np.clip(shown.astype(int) + shift, 0, 255).astype(np.uint8)

    result = harmonise_lifted(composite, matte, shifted, size=WORKING, lift="residual").astype(int)
    assert np.abs(result - composite - shift)[matte == 255].max() <= 1
