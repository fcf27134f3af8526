"""200 seeded flips and cuts over all files of a version: ``verify`` finds every one. Run by ``make drills``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from tasks.build.options import BuildOptions
from tasks.build.version import build
from tasks.verify.version import verify

pytestmark = pytest.mark.drill


@pytest.mark.timeout(1800)
def test_every_flip_and_every_cut_is_found(bank_url: str, tmp_path: Path) -> None:
    recipe = tmp_path / "small.yaml"
    sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
    fields = {"name": "small", "description": "Small.", "size": 64, "repeats": 3, "samples_per_shard": 2}
    recipe.write_text(yaml.safe_dump(fields | {"sets": sets}))
    report = build(BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path), workers=1))
    files = sorted(Path(report.url).iterdir())
    assert verify(report.url).findings == ()
    rng, missed = random.Random(21), []
    for number in range(200):
        path = files[number % len(files)]
        whole = path.read_bytes()
        place, bit = rng.randrange(len(whole)), rng.randrange(8)
        flipped = whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]
        path.write_bytes(flipped if number % 4 else whole[:place])
        if not any(path.name in finding for finding in verify(report.url).findings):
            missed.append((path.name, place, bit))
        path.write_bytes(whole)
    print(f"{200 - len(missed)} of 200 found")
    assert missed == []
