"""Occluders held in memory, for transforms that run while a network trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from natocc.geometry import Image
from natocc.kinds import POOLS, Pool, kind_named
from natocc.matting.cutout import crop_to_matte, extend_colours
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.resize.scale import limit_long_side

# A prepared occluder, or RGB uint8 HxWx3 and matte uint8 HxW.
Cutout = Occluder | tuple[Image, Image]
# Depth, in pixels of the photograph, to which a matte's edge mixes in the background.
_MIXED = 2.0
LEAST_SIDE = 8


class OccluderBank:
    """Hands, objects and textures by name, and other pools of natocc/kinds.py. Immutable; can be pickled.

    Cut-outs given as arrays are cropped, reduced to ``long_side`` and given colours beyond their
    matte. Hands hang: fingers down, wrist at the upper edge. Sequences are named by position.
    """

    __slots__ = ("_pools",)

    def __init__(
        self,
        *,
        hands: Mapping[str, Cutout] | Sequence[Cutout] = (),
        objects: Mapping[str, Cutout] | Sequence[Cutout] = (),
        textures: Mapping[str, Occluder | Image] | Sequence[Occluder | Image] = (),
        long_side: int | None = None,
        **others: Mapping[str, Cutout] | Sequence[Cutout],
    ) -> None:
        given = {"hands": hands, "objects": objects, "textures": textures} | others
        if unknown := sorted(given.keys() - {pool.plural for pool in POOLS.values()}):
            expected = ", ".join(pool.plural for pool in POOLS.values())
            raise TypeError(f"OccluderBank: expected {expected} and long_side, got {', '.join(unknown)}")
        self._pools = {
            pool.name: _prepared(pool, given.get(pool.plural, ()), long_side) for pool in POOLS.values()
        }

    @property
    def hands(self) -> Mapping[str, Occluder]:
        return self._pools["hand"]

    @property
    def objects(self) -> Mapping[str, Occluder]:
        return self._pools["object"]

    @property
    def textures(self) -> Mapping[str, Occluder]:
        return self._pools["texture"]

    def pool_for(self, kind: str) -> Mapping[str, Occluder]:
        """The occluders that a kind of sample draws from; empty for ``none``.

        Raises ValueError for an unknown kind.
        """
        pool = kind_named(kind).pool
        return {} if pool is None else self._pools[pool.name]

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels, the reduced sizes included."""
        return sum(occluder.nbytes for pool in self._pools.values() for occluder in pool.values())

    def __repr__(self) -> str:
        counts = ", ".join(f"{POOLS[name].plural}={len(pool)}" for name, pool in sorted(self._pools.items()))
        return f"OccluderBank({counts}, {self.nbytes / 1e6:.1f} MB)"


def make_cutout(rgb: Image, matte: Image, long_side: int | None = None) -> Occluder:
    """A cut-out ready to be placed, from RGB uint8 HxWx3 and a matte uint8 HxW.

    A matte of 0 and 1, or of booleans, counts as 0 and 255. Raises ValueError for other arrays and
    for an empty matte.
    """
    _check_rgb(rgb)
    if matte.shape != rgb.shape[:2] or matte.dtype not in (np.uint8, np.bool_):
        raise ValueError(
            f"matte: expected uint8 {rgb.shape[0]}x{rgb.shape[1]} like the picture, got {_described(matte)}"
        )
    if matte.dtype == np.bool_ or matte.max(initial=0) == 1:
        matte = matte.astype(np.uint8) * np.uint8(255)
    rgb, matte = crop_to_matte(rgb, matte)
    size = max(matte.shape)
    if long_side:
        rgb, matte = limit_long_side(rgb, long_side), limit_long_side(matte, long_side)
    inset = max(1.0, _MIXED * max(matte.shape) / size)
    return make_occluder(extend_colours(rgb, matte, inset), matte)


def make_texture(rgb: Image, long_side: int | None = None) -> Occluder:
    """A texture from RGB uint8 HxWx3. Raises ValueError for other arrays."""
    _check_rgb(rgb)
    small = limit_long_side(rgb, long_side) if long_side else rgb
    return make_occluder(np.ascontiguousarray(small), None)


def shrink_occluder(occluder: Occluder, long_side: int) -> Occluder:
    """Shrink an occluder until no side is above ``long_side`` pixels."""
    if max(occluder.size) <= long_side:
        return occluder
    matte = None if occluder.alpha is None else limit_long_side(occluder.alpha[0], long_side)
    return make_occluder(limit_long_side(occluder.rgb[0], long_side), matte)


def _prepared(
    pool: Pool,
    given: Mapping[str, Occluder | Image | tuple[Image, Image]]
    | Sequence[Occluder | Image | tuple[Image, Image]],
    long_side: int | None,
) -> dict[str, Occluder]:
    if long_side is not None and long_side < LEAST_SIDE:
        raise ValueError(f"long_side: expected {LEAST_SIDE} pixels or more, got {long_side}")
    if not isinstance(given, Mapping):
        given = {str(number): occluder for number, occluder in enumerate(given)}
    prepared = {}
    for name, occluder in given.items():
        try:
            prepared[name] = _prepare(occluder, long_side, textured=pool.textured)
        except ValueError as error:
            raise ValueError(f"{pool.plural} {name!r}: {error}") from error
    return prepared


def _prepare(
    given: Occluder | Image | tuple[Image, Image], long_side: int | None, *, textured: bool
) -> Occluder:
    if isinstance(given, Occluder):
        if textured != (given.alpha is None):
            wanted, came = ("a texture", "a cut-out") if textured else ("a cut-out with a matte", "a texture")
            raise ValueError(f"expected {wanted}, got {came}")
        return given if long_side is None else shrink_occluder(given, long_side)
    if textured:
        if isinstance(given, tuple):
            raise ValueError("expected one RGB array, got a tuple; textures have no matte")
        return make_texture(given, long_side)
    if not isinstance(given, tuple) or len(given) != 2:
        raise ValueError(f"expected a pair (rgb, matte), got {_described(given)}")
    return make_cutout(*given, long_side)


def _check_rgb(rgb: Image) -> None:
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"expected an RGB picture, uint8 HxWx3, got {_described(rgb)}")


def _described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {'x'.join(str(side) for side in value.shape)}"
    return f"a {type(value).__name__}"
