from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.dataset import Dataset
from manifests.outcomes.tally import OutcomeTally
from manifests.recipe import load_recipe
from tasks.build.plan import Plan, make_plan
from tasks.build.publish.index import describe_version
from tasks.build.publish.staged import read_staged
from tasks.render.shard import render_shard


@pytest.fixture()
def described(bank_url: str, tmp_path: Path, recipe_file: Callable[..., str]) -> Callable[..., Dataset]:
    """Render a small version and describe it; keyword arguments replace fields of its plan."""

    def make(kind: str = "hand", **changes: object) -> Dataset:
        sets = [{"name": "one", "kind": kind, "colour_transfer": 1.0 if kind == "hand" else 0.0}]
        bank, recipe = Bank(bank_url), load_recipe(recipe_file(sets=sets, repeats=2, harmoniser="statistics"))
        plan: Plan = replace(make_plan(recipe, bank, {"seed": 5}), **changes)  # type: ignore[arg-type]
        staging, sha256 = str(tmp_path / kind), str(bank.index["content_sha256"])
        for shard in plan.shards:
            render_shard(shard, bank_url, sha256, staging)
        shards = [read_staged(staging, shard) for shard in plan.shards]
        tally = OutcomeTally()
        for one in shards:
            tally.add(one.table())
        return describe_version(plan, [one.record for one in shards], tally)

    return make


@pytest.mark.parametrize(
    ("kind", "backends"),
    [
        ("hand", {"upscaler": None, "colour_transfer": "table", "harmoniser": None}),
        ("object", {"upscaler": "lanczos", "colour_transfer": None, "harmoniser": "statistics"}),
        ("none", {"upscaler": None, "colour_transfer": None, "harmoniser": None}),
    ],
)
def test_backends_are_those_of_the_kinds_that_were_built(
    described: Callable[..., Dataset], kind: str, backends: dict[str, str | None]
) -> None:
    dataset = described(kind)
    assert dataset.backends == backends and dataset.networks == {}


def test_networks_are_recorded_for_kinds_that_they_worked_on(
    described: Callable[..., Dataset], bank_url: str
) -> None:
    upscaling = {"network": "rrdbnet", "weights_sha256": "b" * 64, "device": "cpu", "precision": "float32"}
    bank = {"content_sha256": Bank(bank_url).index["content_sha256"], "upscaler": "realesrgan"}
    bank |= {"upscaling": upscaling | {"licence": "BSD", "factor": 4}}
    networks = described("object", bank=bank).networks
    assert networks == {"upscaler": {"name": "realesrgan", **upscaling, "licence": "BSD"}}
    assert described("hand", bank=bank).networks == {}
