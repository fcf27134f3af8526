"""Samples per second of the transforms at 256²: ``python -m benchmarks.transforms --bank data/bank``.

CPU time of one thread, all steps of ``best`` and reports included. The floor, a flip and an affine map of
the same image and mask by Albumentations, is measured in alternation.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Without this, Albumentations asks a registry for its newest version when it is imported.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import albumentations
import cv2

from benchmarks import inputs
from natocc import NatOcc, OccluderBank, RandOcc, load_occluders
from natocc.face import Face, make_face

_ROUNDS = 10
_WARM_UP = 8
_TARGET = 60


def occluders(bank: Path | None) -> OccluderBank:
    """The occluders of a prepared bank, or the benchmark's inputs at the same size."""
    if bank is not None:
        return load_occluders(bank, split=None)
    return OccluderBank(
        hands=[inputs.hand()], objects=[inputs.cup()], textures=dict(inputs.textures()), long_side=384
    )


def transforms(bank: OccluderBank) -> dict[str, Any]:
    """The transforms that are measured, by name, with the floor."""
    return {
        "floor": albumentations.Compose(
            [albumentations.HorizontalFlip(p=1), albumentations.Affine(rotate=(-15, 15), p=1)], seed=1
        ),
        "NatOcc": albumentations.Compose([NatOcc(bank, p=1)], seed=1),
        "NatOcc hand": albumentations.Compose([NatOcc(bank, weights={"hand": 1}, p=1)], seed=1),
        "NatOcc object": albumentations.Compose([NatOcc(bank, weights={"object": 1}, p=1)], seed=1),
        "RandOcc": albumentations.Compose([RandOcc(bank, p=1)], seed=1),
    }


def milliseconds(transform: Callable[..., object], face: Face, count: int) -> float:
    """CPU time per sample."""
    start = time.process_time()
    for _ in range(count):
        transform(image=face.image, mask=face.mask)
    return (time.process_time() - start) * 1000 / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", type=Path, help="a prepared bank; without it, the benchmark's own inputs")
    parser.add_argument("--size", type=int, default=256, help="long side of the face")
    parser.add_argument("-n", type=int, default=200, help="samples to time of each")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    measured = transforms(occluders(arguments.bank))
    face = make_face(*inputs.portrait(), long_side=arguments.size)
    spent = dict.fromkeys(measured, 0.0)
    for transform in measured.values():
        milliseconds(transform, face, _WARM_UP)
    for _ in range(_ROUNDS):
        for name, transform in measured.items():
            spent[name] += milliseconds(transform, face, max(1, arguments.n // _ROUNDS)) / _ROUNDS
    for name, cpu in spent.items():
        line = {
            "transform": name,
            "size": arguments.size,
            "samples_per_s": round(1000 / cpu),
            "cpu_ms": round(cpu, 2),
            "ratio_to_floor": round(cpu / spent["floor"], 1),
            "target_samples_per_s": None if name == "floor" else _TARGET,
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main()
