"""The linear Monge-Kantorovich map between two sets of colours, solved by POT."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

# Variance of rounding to whole levels. It keeps the covariance of a single colour invertible.
_ROUNDING = 1 / 12


def linear_map(
    occluder: Image, solid: Image, face: Image, face_solid: Image
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix (3x3) and offset (3): ``colours @ matrix + offset`` has the face's mean and covariance.

    Raises ModuleNotFoundError if POT is not installed.
    """
    gaussian = _load_pot()
    mean, covariance = _moments(occluder[solid > 0])
    face_mean, face_covariance = _moments(face[face_solid > 0])
    matrix, offset = gaussian.bures_wasserstein_mapping(mean, face_mean, covariance, face_covariance)
    return np.asarray(matrix, np.float64), np.asarray(offset, np.float64).reshape(3)


def _moments(pixels: Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = pixels.astype(np.float64)
    return values.mean(0), np.cov(values, rowvar=False, bias=True) + _ROUNDING * np.eye(3)


def _load_pot() -> ModuleType:
    # Imported here because POT is optional, and loads torch if torch is installed.
    try:
        from ot import gaussian
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "colour transfer: method 'linear' expected the package POT, which is not installed; "
            "install it with `pip install natocc[oracles]` or take method 'table'"
        ) from error
    return gaussian  # type: ignore[no-any-return]
