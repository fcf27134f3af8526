"""NatOcc and RandOcc: occlusion while a network trains."""

from __future__ import annotations

from natocc.transforms.occlude import NatOcc, RandOcc

__all__ = ["NatOcc", "RandOcc"]
