"""The paper's seven recipes, on what is at hand: every face, Lanczos, statistics."""

from __future__ import annotations

from pathlib import Path

import pytest

from manifests.dataset import read_dataset
from tasks.build.options import BuildOptions
from tasks.build.version import build
from tasks.verify.version import verify

SETS = {
    "c-original": ["none"],
    "c-cm": ["none"],
    "c-wo": ["none"],
    "c-wo-natocc": ["hand", "object"],
    "c-wo-natocc-sot": ["hand", "object"],
    "c-wo-randocc": ["randocc", "randocc"],
    "c-wo-mix": ["randocc", "hand", "object"],
}
AT_HAND = {"split": "all", "subset": "all", "upscaler": "lanczos", "harmoniser": "statistics"}


@pytest.mark.parametrize("recipe", sorted(SETS))
def test_a_table_3_recipe_builds_and_says_what_stood_in(recipe: str, bank_url: str, tmp_path: Path) -> None:
    report = build(BuildOptions(recipe=recipe, bank=bank_url, out=str(tmp_path), **AT_HAND, workers=1))  # type: ignore[arg-type]
    dataset = read_dataset(report.url)
    assert dataset.overrides == AT_HAND
    assert dataset.recipe["profile"] == "paper"
    assert [one["kind"] for one in dataset.recipe["sets"]] == SETS[recipe]
    assert sum(dataset.counts.values()) == len(SETS[recipe])
    assert dataset.counts["failed"] == 0
    objects = "object" in SETS[recipe]
    assert dataset.backends["upscaler"] == ("lanczos" if objects else None)
    assert dataset.backends["harmoniser"] == ("statistics" if objects else None)
    assert dataset.backends["colour_transfer"] == ("sot" if recipe.endswith("-sot") else None)
    assert verify(report.url).findings == ()
