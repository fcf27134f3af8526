"""The pixels of occluded faces. ``NatOcc``, ``RandOcc`` and ``OccluderBank`` are loaded when asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natocc.occluder_bank import OccluderBank
    from natocc.transforms import NatOcc, RandOcc

__all__ = ["NatOcc", "OccluderBank", "RandOcc"]

_WHERE = {
    "NatOcc": "natocc.transforms",
    "OccluderBank": "natocc.occluder_bank",
    "RandOcc": "natocc.transforms",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'natocc' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
