"""ICC profiles of RGB spaces that files name by numbers: primaries, white and curve."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Chromaticity = tuple[float, float]
_D50 = np.array([0.9642, 1.0, 0.8249])
D65: Chromaticity = (0.3127, 0.3290)
SRGB_PRIMARIES: tuple[Chromaticity, ...] = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
# sRGB's curve: (x/12.92) below 0.04045, else ((x + 0.055) / 1.055) ** 2.4, as an ICC curve of type 3.
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@dataclass(frozen=True, slots=True, kw_only=True)
class RgbSpace:
    """An RGB space: chromaticities (x, y) of red, green, blue and white; parameters of an ICC curve.

    ``curve`` is a gamma alone, or gamma, a, b, c and d of ICC's function type 3.
    """

    name: str
    primaries: tuple[Chromaticity, ...]
    curve: tuple[float, ...]
    white: Chromaticity = D65

    def profile(self) -> bytes:
        """A matrix profile of version 4."""
        columns = _to_d50(self.primaries, self.white)
        curve = b"para" + bytes(4) + struct.pack(">HH", 3 if len(self.curve) > 1 else 0, 0)
        curve += b"".join(_fixed(value) for value in self.curve)
        name = self.name.encode("utf-16-be")
        text = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(name), 28) + name
        tags = {b"desc": text, b"cprt": text, b"wtpt": _xyz(_D50)}
        for index, channel in enumerate((b"r", b"g", b"b")):
            tags |= {channel + b"XYZ": _xyz(columns[:, index]), channel + b"TRC": curve}
        return _profile(tags)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _xyz(_D50)[8:]
    return head.ljust(128, b"\0") + table + body


def _to_d50(primaries: tuple[Chromaticity, ...], white: Chromaticity) -> NDArray[np.float64]:
    """XYZ of the primaries in columns, adapted from ``white`` to D50 by Bradford's matrix.

    Raises ValueError for primaries on a line.
    """
    columns = np.stack([_xyz_of(primary) for primary in primaries], axis=1)
    try:
        columns = columns * np.linalg.solve(columns, _xyz_of(white))
    except np.linalg.LinAlgError as error:
        raise ValueError("primaries on a line") from error
    cones = (_BRADFORD @ _D50) / (_BRADFORD @ _xyz_of(white))
    adapted: NDArray[np.float64] = np.linalg.solve(_BRADFORD, cones[:, None] * (_BRADFORD @ columns))
    return adapted


def _xyz_of(point: Chromaticity) -> NDArray[np.float64]:
    x, y = point
    if not y > 0:
        raise ValueError("a chromaticity whose y is not above 0")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(float(value)) for value in values)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))
