"""Machines that networks run on: the devices and precisions that jobs offer. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# auto: the GPU where there is one, else the CPU.
Device = Literal["auto", "cpu", "cuda"]
# What a network computes in. Results, and weights that are trained, stay float32.
Precision = Literal["float32", "bfloat16", "float16"]
# Those with float32's range of exponents, for networks that overflow in float16, and for training.
FullRangePrecision = Literal["float32", "bfloat16"]

DEVICES: tuple[Device, ...] = get_args(Device)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
FULL_RANGE_PRECISIONS: tuple[FullRangePrecision, ...] = get_args(FullRangePrecision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where networks find their weights and run. ``weights``: a folder; None for the usual one."""

    weights: str | None = None
    device: Device = "auto"
    precision: Precision = "float32"
