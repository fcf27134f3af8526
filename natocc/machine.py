"""Devices and precisions that jobs offer for networks. This module imports no heavy package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# auto: the GPU if available, else the CPU.
Device = Literal["auto", "cpu", "cuda"]
# The precision of a network's computation. Results and trained weights stay float32.
Precision = Literal["float32", "bfloat16", "float16"]
# Precisions with float32's exponent range, for training and for networks that overflow in float16.
FullRangePrecision = Literal["float32", "bfloat16"]

DEVICES: tuple[Device, ...] = get_args(Device)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
FULL_RANGE_PRECISIONS: tuple[FullRangePrecision, ...] = get_args(FullRangePrecision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Weights and device of networks. ``weights`` is a folder; None means the default folder."""

    weights: str | None = None
    device: Device = "auto"
    precision: Precision = "float32"
