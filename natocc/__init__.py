"""Faces with occlusions while a network trains. Names are loaded when they are asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natocc.occluders.bank import OccluderBank
    from natocc.occluders.load import load_cutouts, load_occluders
    from natocc.transforms import NatOcc, RandOcc

__version__ = "0.1.0"
__all__ = ["NatOcc", "OccluderBank", "RandOcc", "__version__", "load_cutouts", "load_occluders"]

_WHERE = {
    "NatOcc": "natocc.transforms",
    "OccluderBank": "natocc.occluders.bank",
    "RandOcc": "natocc.transforms",
    "load_cutouts": "natocc.occluders.load",
    "load_occluders": "natocc.occluders.load",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'natocc' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
