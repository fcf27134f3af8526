"""Datasets, a bank and a benchmark of two arms that are trained in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from manifests.dataset import point_latest
from tests.small_version import Members, occluded_face, small_bank, small_version, write_version

SCHEDULE = {
    "name": "tiny",
    "description": "Two steps.",
    "size": 16,
    "steps": 2,
    "batch": 2,
    "evaluate": 2,
    "augmentation": "none",
    "loss": {"kind": "softmax"},
    "optimiser": {"kind": "adamw", "learning_rate": 0.001},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallBenchmark:
    """A benchmark's file, and the folders that it needs."""

    file: Path
    datasets: str
    bank: str

    def change(self, **fields: object) -> None:
        """Replace fields of the benchmark."""
        self.file.write_text(yaml.safe_dump(yaml.safe_load(self.file.read_text()) | fields))


def _without_occluder(seed: int) -> Members:
    """A sample that says that nothing lies on it, as those of kind none do."""
    members = occluded_face(seed)
    return members | {"json": members["json"].replace(b'"randocc"', b'"none"')}


def small_benchmark(folder: Path) -> SmallBenchmark:
    """Two arms, faces alone and with discs, two seeds, tested on held-out samples and RealOcc."""
    datasets = folder / "datasets"
    write_version(
        str(datasets / "plain" / "v1"),
        {"train-plain-000000.tar": ("train", [(f"{n:08d}", _without_occluder(n)) for n in range(6)])},
    )
    small_version(str(datasets / "discs" / "v1"))
    recipes = {}
    for name in ("plain", "discs"):
        point_latest(str(datasets / name), "v1")
        recipes[name] = folder / f"{name}.yaml"
        sets = [{"name": name, "kind": "randocc"}]
        recipes[name].write_text(yaml.safe_dump({"name": name, "description": "Small.", "sets": sets}))
    schedule = folder / "tiny.yaml"
    schedule.write_text(yaml.safe_dump(SCHEDULE))
    file = folder / "benchmark.yaml"
    plain, discs = ({"recipe": str(recipes[name])} for name in ("plain", "discs"))
    content = {
        "name": "tiny",
        "description": "Tiny.",
        "schedule": str(schedule),
        "networks": [{"network": "unet"}],
        "seeds": [0, 1],
        "arms": [{"name": "alone", "parts": [plain]}, {"name": "both", "parts": [plain, discs]}],
        "sets": ["RealOcc", "RealOcc-Wild"],
        "test_datasets": ["discs"],
        "comparisons": [{"better": "both", "than": "alone", "set": "small/heldout"}],
    }
    file.write_text(yaml.safe_dump(content))
    return SmallBenchmark(file=file, datasets=str(datasets), bank=small_bank(str(folder / "bank")))
