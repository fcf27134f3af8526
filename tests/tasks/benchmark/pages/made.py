"""Benchmarks made by hand, for tests of the pages."""

from __future__ import annotations

import math

from tasks.benchmark.pages.material import (
    BenchmarkMaterial,
    CurvePoint,
    NetworkSpeed,
    ReportedArm,
    ReportedSet,
    RunRecord,
)
from tasks.benchmark.scores.results import Comparison, Result

NETWORK = "deeplabv3plus-lite0"
ARMS = (
    ReportedArm(name="wo", paper="C-WO"),
    ReportedArm(name="nat", paper="C-WO + C-WO-NatOcc"),
    ReportedArm(name="erase"),
)
SETS = (
    ReportedSet(
        name="RealOcc", policy="voo", pictures=20, groups=18, licences=("none stated",), fingerprint="ab" * 32
    ),
    ReportedSet(name="RealOcc-Wild", policy="voo", missing="expected a folder, got none"),
    ReportedSet(name="COFW-507", policy="faceocc", pictures=30, groups=30, fingerprint="cd" * 32),
)
COMMAND = "natocc benchmark small --out out"


def result(arm: str, mean: float, **more: object) -> Result:
    values: dict[str, object] = {
        "network": NETWORK,
        "set": "RealOcc",
        "slice": "",
        "reading": "as labelled",
        "tta": False,
        "metric": "miou",
        "pictures": 20,
        "groups": 18,
        "seeds": 3,
        "spread": 0.004,
        "low": mean - 0.01,
        "high": mean + 0.02,
    }
    return Result(mixture=arm, mean=mean, **(values | more))  # type: ignore[arg-type]


def comparison(better: str = "nat", than: str = "wo", **more: object) -> Comparison:
    values: dict[str, object] = {
        "network": NETWORK,
        "set": "RealOcc",
        "metric": "miou",
        "difference": 0.0325,
        "low": 0.0101,
        "high": 0.0549,
        "p": 0.0123,
        "p_holm": 0.0246,
        "smallest_p": 0.00001,
        "pictures": 20,
        "groups": 18,
        "seeds": 3,
    }
    return Comparison(better=better, than=than, **(values | more))  # type: ignore[arg-type]


def run(arm: str, seed: int, **more: object) -> RunRecord:
    values: dict[str, object] = {
        "network": NETWORK,
        "steps": 200,
        "started_from": "efficientnet-lite0",
        "selected_on": "held-out faces",
        "checkpoint": f"{seed}{arm:f<11}"[:12] + "0" * 52,
        "curve": tuple(
            CurvePoint(
                step=step, loss=1 / step, validation_iou=1 - 20 / step if step % 100 == 0 else math.nan
            )
            for step in range(50, 201, 50)
        ),
        "seconds": 3725.0,
        "command": f"natocc train-segmenter --seed {seed}",
        "versions": (f"data-{arm} 1a2b3c4d5e6f",),
    }
    return RunRecord(arm=arm, seed=seed, **(values | more))  # type: ignore[arg-type]


def material(**more: object) -> BenchmarkMaterial:
    values: dict[str, object] = {
        "name": "small",
        "description": "Three arms on a few faces.",
        "command": COMMAND,
        "arms": ARMS,
        "sets": SETS,
        "results": (
            result("wo", 0.88),
            result("nat", 0.9125),
            result("erase", 0.89),
            result("nat", 0.81, slice="hand", metric="face_iou", pictures=9, groups=9),
            result("nat", 0.9341, set="COFW-507", metric="faceocc_iou", pictures=30, groups=30),
        ),
        "comparisons": (comparison(),),
        "runs": tuple(run(arm.name, seed) for arm in ARMS for seed in (0, 1)),
        "speeds": (NetworkSpeed(network=NETWORK, pictures_a_second=12.34, side=256, device="a processor"),),
        "files": (("counts.parquet", "ef" * 32),),
        "notes": ("Trained on 29 faces.",),
    }
    return BenchmarkMaterial(**(values | more))  # type: ignore[arg-type]
