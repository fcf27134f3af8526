from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.dataset import CARD, DATASET_INDEX, LATEST, MANIFEST, Dataset, read_dataset
from manifests.recipe import load_recipe
from manifests.rows import decode_rows
from shards import storage
from shards.storage import sha256_bytes
from tasks.build.plan import Plan, make_plan
from tasks.build.publish import publish_version
from tasks.render.shard import render_shard


@pytest.fixture()
def published(bank_url: str, tmp_path: Path, recipe_file: Callable[..., str]) -> Callable[..., Dataset]:
    """Render and publish a small version; keyword arguments replace fields of its plan."""

    def make(kind: str = "hand", **changes: object) -> Dataset:
        sets = [{"name": "one", "kind": kind, "colour_transfer": 1.0 if kind == "hand" else 0.0}]
        bank, recipe = Bank(bank_url), load_recipe(recipe_file(sets=sets, repeats=2, harmoniser="statistics"))
        plan: Plan = replace(make_plan(recipe, bank, {"seed": 5}), **changes)  # type: ignore[arg-type]
        root = str(tmp_path / "small")
        staging = storage.join(root, ".building")
        sha256 = str(bank.index["content_sha256"])
        records = [render_shard(shard, bank_url, sha256, staging) for shard in plan.shards]
        (Path(staging) / ".partial-x").write_bytes(b"left by a killed worker")
        return publish_version(plan, records, staging, storage.join(root, plan.version), root)

    return make


def test_the_version_holds_shards_tables_and_index_and_nothing_else(
    published: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = published()
    folder = tmp_path / "small" / dataset.version
    assert {path.name for path in folder.iterdir()} == {"one-000000.tar", MANIFEST, CARD, DATASET_INDEX}
    assert read_dataset(str(folder)) == dataset
    for name, sha256 in dataset.files.items():
        assert sha256_bytes((folder / name).read_bytes()) == sha256
    assert json.loads((tmp_path / "small" / LATEST).read_bytes()) == {"version": dataset.version}
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([dataset.version, LATEST])


def test_counts_are_those_of_the_rows(published: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = published()
    rows = decode_rows((tmp_path / "small" / dataset.version / MANIFEST).read_bytes())
    assert len(rows) == sum(dataset.counts.values()) == 2
    assert dataset.counts_by_set == {"one": dataset.counts}
    assert dataset.counts["kept"] == sum(row.verdict == "kept" for row in rows)
    rejected = sum(dataset.left_out["rejected"].values())
    assert rejected == dataset.counts["rejected"] and dataset.overrides == {"seed": 5}


@pytest.mark.parametrize(
    ("kind", "backends"),
    [
        ("hand", {"upscaler": None, "colour_transfer": "table", "harmoniser": None}),
        ("object", {"upscaler": "lanczos", "colour_transfer": None, "harmoniser": "statistics"}),
        ("none", {"upscaler": None, "colour_transfer": None, "harmoniser": None}),
    ],
)
def test_backends_are_those_of_the_kinds_that_were_built(
    published: Callable[..., Dataset], kind: str, backends: dict[str, str | None]
) -> None:
    dataset = published(kind)
    assert dataset.backends == backends and dataset.networks == {}


def test_networks_are_recorded_for_kinds_that_they_worked_on(
    published: Callable[..., Dataset], bank_url: str
) -> None:
    upscaling = {"network": "rrdbnet", "weights_sha256": "b" * 64, "device": "cpu", "precision": "float32"}
    bank = {"content_sha256": Bank(bank_url).index["content_sha256"], "upscaler": "realesrgan"}
    bank |= {"upscaling": upscaling | {"licence": "BSD", "factor": 4}}
    networks = published("object", bank=bank).networks
    assert networks == {"upscaler": {"name": "realesrgan", **upscaling, "licence": "BSD"}}
    assert published("hand", bank=bank).networks == {}
