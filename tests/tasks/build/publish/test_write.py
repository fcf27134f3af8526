from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tasks.build.publish.write
from assets.bank.reader import Bank
from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, Dataset, read_dataset
from manifests.recipe import load_recipe
from manifests.rows import decode_rows
from shards import storage
from shards.storage import sha256_bytes
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.publish.write import publish_version
from tasks.build.version import build
from tasks.errors import BuildStopped
from tasks.render.shard import ROWS, record_url, render_shard, rows_url
from tasks.verify.version import verify
from tests.jobs import start_job


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
        for shard in plan.shards:
            render_shard(shard, bank_url, sha256, staging)
        (Path(staging) / ".partial-x").write_bytes(b"left by a killed worker")
        dataset, replaced = publish_version(plan, staging, storage.join(root, plan.version))
        assert replaced == ()
        return dataset

    return make


def test_the_version_holds_shards_tables_and_index_and_nothing_else(
    published: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = published()
    folder = tmp_path / "small" / dataset.version
    assert {path.name for path in folder.iterdir()} == {"train-one-000000.tar", MANIFEST, CARD, DATASET_INDEX}
    assert read_dataset(str(folder)) == dataset
    for name, sha256 in dataset.files.items():
        assert sha256_bytes((folder / name).read_bytes()) == sha256
    assert [path.name for path in folder.parent.iterdir()] == [dataset.version]


def test_counts_are_those_of_the_rows(published: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = published()
    rows = decode_rows((tmp_path / "small" / dataset.version / MANIFEST).read_bytes())
    assert len(rows) == sum(dataset.counts.values()) == 2
    assert dataset.counts_by_set == {"one": dataset.counts}
    assert dataset.counts["kept"] == sum(row.verdict == "kept" for row in rows)
    rejected = sum(dataset.left_out["rejected"].values())
    assert rejected == dataset.counts["rejected"] and dataset.overrides == {"seed": 5}


def test_a_version_that_could_not_be_moved_is_published_without_rendering(
    bank_url: str, recipe_file: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = [{"name": "one", "kind": "hand"}]
    options = BuildOptions(recipe=recipe_file(sets=sets), bank=bank_url, out=str(tmp_path / "out"), workers=1)
    job = start_job(options)
    for shard in job.todo:
        render_shard(shard, job.bank, job.bank_sha256, job.staging_url)
    # As a network drive keeps a deleted file that is still open.
    monkeypatch.setattr(
        tasks.build.publish.write, "move_folder", lambda *_, **__: (Path(job.staging_url) / ".nfs1").touch()
    )
    publish_version(job.plan, job.staging_url, job.version_url)
    monkeypatch.undo()
    report = build(options)
    assert (report.rendered, report.reused) == (0, len(job.todo))
    assert not (Path(report.url) / ROWS).exists() and verify(report.url).findings == ()


@pytest.mark.parametrize("damage", ["tar", "rows", "record", "stray rows"])
def test_a_file_that_changed_after_it_was_rendered_is_not_published(
    damage: str, bank_url: str, recipe_file: Callable[..., str], tmp_path: Path
) -> None:
    options = BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out"), workers=1)
    job = start_job(options)
    for shard in job.todo:
        render_shard(shard, job.bank, job.bank_sha256, job.staging_url)
    staging, file = job.staging_url, job.todo[3].file
    places = {
        "tar": storage.join(staging, file),
        "rows": rows_url(staging, file),
        "record": record_url(staging, file),
    }
    if damage == "stray rows":
        # Of a shard with the same name and another plan.
        shutil.copy(rows_url(staging, job.todo[2].file), rows_url(staging, file))
        shutil.copy(record_url(staging, job.todo[2].file), record_url(staging, file))
    else:
        path = Path(places[damage])
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(BuildStopped, match="a file changed after it was rendered; nothing was published"):
        publish_version(job.plan, staging, job.version_url)
    assert not Path(job.version_url).exists()
    report = build(options)
    assert (report.rendered, report.reused) == (1, 5), "the same command renders it again"
    assert verify(report.url).findings == ()
