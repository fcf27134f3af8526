from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import manifests.sample
from assets.bank.reader import Bank
from manifests.code_identity import RENDER, modules_of
from manifests.dataset import DATASET_INDEX, MANIFEST, read_dataset
from manifests.rows import decode_rows
from shards import storage
from tasks.build.options import BuildOptions
from tasks.build.reuse import finished_shards, reuse_shards
from tasks.build.version import BuildReport, build
from tasks.render.replay import find_sample, replay
from tasks.render.shard import ROWS, record_url, render_shard, rows_url
from tasks.verify.version import verify
from tests.earlier_version import make_schema_1
from tests.jobs import start_job
from tests.tasks.build.test_version import files_of

RecipeFile = Callable[..., str]


def test_shards_of_an_earlier_schema_are_read_and_never_reused(
    built: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    root, recipe = tmp_path / "root", Path(built.url).parents[2] / "small.yaml"
    old = Path(shutil.copytree(built.url, root / "small" / "older"))
    make_schema_1(old)
    report = build(BuildOptions(recipe=str(recipe), bank=bank_url, out=str(root), workers=1))
    assert (report.rendered, report.reused, report.warnings) == (6, 0, ())
    assert files_of(report.url) == files_of(built.url)
    assert verify(report.url).findings == verify(str(old)).findings == ()
    for version, schema in ((report.url, 3), (str(old), 1)):
        stored = find_sample(version, "hand_sot-00000-001")
        assert json.loads(stored["json"])["schema"] == schema
        assert replay(stored, Bank(bank_url)) == stored


def test_the_schema_of_the_json_is_part_of_every_key() -> None:
    assert manifests.sample.__name__ in modules_of(RENDER)


def test_an_interrupted_build_is_finished_with_equal_bytes(
    built: BuildReport, bank_url: str, tmp_path: Path
) -> None:
    recipe = Path(built.url).parents[2] / "small.yaml"
    options = BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path))
    job = start_job(options)
    for plan in job.todo[:2]:
        render_shard(plan, job.bank, job.bank_sha256, job.staging_url)
    torn = Path(job.staging_url) / job.todo[2].file
    torn.write_bytes(b"half a shard")
    (torn.parent / ".partial-x").write_bytes(b"left by a killed worker")
    again = build(options.replaced(workers=1))
    assert (again.rendered, again.reused) == (4, 2)
    assert files_of(again.url) == files_of(built.url)


def test_a_damaged_finished_shard_is_made_again(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    options = BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out"))
    job = start_job(options)
    render_shard(job.todo[0], job.bank, job.bank_sha256, job.staging_url)
    shard = Path(job.staging_url) / job.todo[0].file
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    assert job.todo[0].file in {plan.file for plan in start_job(options).todo}


def test_shards_of_the_version_before_are_reused(
    built: BuildReport, bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    shutil.copytree(Path(built.url).parent, root / "small")
    sets = [*built.dataset.recipe["sets"], {"name": "more", "kind": "randocc"}]
    report = build(BuildOptions(recipe=recipe_file(sets=sets), bank=bank_url, out=str(root), workers=1))
    assert (report.rendered, report.reused) == (2, 6)
    old = {shard.file: shard.sha256 for shard in built.dataset.shards}
    new = {shard.file: shard.sha256 for shard in read_dataset(report.url).shards}
    assert {name: new[name] for name in old} == old
    assert sum(report.dataset.counts.values()) == 32


def test_a_shard_is_finished_where_tar_rows_and_record_agree(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    job = start_job(BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out")))
    plan, staging = job.todo[0], job.staging_url
    record = render_shard(plan, job.bank, job.bank_sha256, staging).record
    assert finished_shards(job.todo, staging).records == {plan.file: record}
    for url in (record_url(staging, plan.file), rows_url(staging, plan.file)):
        data = storage.read_bytes(url)
        storage.remove(url)
        assert finished_shards([plan], staging).records == {}
        for damaged in (data[:-1], data[:-30] + b"x" + data[-29:]):
            storage.write_bytes(url, damaged)
            reused = finished_shards([plan], staging)
            assert reused.records == {} and url in reused.remarks[0]
            assert reused.remarks[0].endswith("; the shard is rendered again")
        storage.write_bytes(url, data)
    assert finished_shards([plan], staging).records == {plan.file: record}
    for url in (storage.join(staging, plan.file), record_url(staging, plan.file)):
        storage.remove(url)
        storage.make_folder(storage.join(url, "within"))
        reused = finished_shards([plan], staging)
        assert reused.records == {} and reused.remarks[0] == f"{url}: expected a file, got a folder; removed"
        assert not storage.exists(url)
    rows = storage.join(staging, ROWS)
    storage.remove(rows)
    storage.write_bytes(rows, b"")
    assert finished_shards([plan], staging).remarks == (f"{rows}: expected a folder, got a file; removed",)
    assert render_shard(plan, job.bank, job.bank_sha256, staging).record == record
    other = replace(plan, cache_key="other")
    assert "expected shard" in finished_shards([other], staging).remarks[0]


def test_equal_shards_are_copied_with_their_rows_and_damaged_ones_are_not(
    built: BuildReport, bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(Path(built.url).parent, tmp_path / "root"))
    version, staging = root / Path(built.url).name, str(tmp_path / "staging")
    recipe = Path(built.url).parents[2] / "small.yaml"
    plans = start_job(BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path / "out"))).todo
    assert reuse_shards(plans, staging, str(tmp_path / "nothing")).records == {}
    damaged = version / plans[0].file
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    pipe = version / plans[1].file
    pipe.unlink()
    os.mkfifo(pipe)
    reused = reuse_shards(plans, staging, str(root))
    copied, (remark, unfit) = reused.records, reused.remarks
    assert remark.startswith(f"{staging}/{plans[0].file}: expected sha256"), "the copy itself is compared"
    assert "expected a regular file, got a named pipe" in unfit and str(pipe) in unfit
    assert unfit.endswith("; the shard is rendered again")
    assert copied.keys() == {plan.file for plan in plans[2:]}
    for plan in plans[2:]:
        rows = decode_rows(storage.read_bytes(rows_url(staging, plan.file)))
        assert [row.cache_key for row in rows] == [sample.cache_key for sample in plan.samples]


@pytest.mark.parametrize("file", [MANIFEST, DATASET_INDEX])
def test_nothing_is_reused_from_a_version_with_a_damaged_table(
    file: str, built: BuildReport, bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(Path(built.url).parent, tmp_path / "out" / "small"))
    damaged = root / Path(built.url).name / file
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    sets = [{"name": "randocc", "kind": "randocc"}]
    options = BuildOptions(recipe=recipe_file(sets=sets), bank=bank_url, out=str(tmp_path / "out"), workers=1)
    report = build(options)
    (warning,) = report.warnings
    assert str(damaged) in warning and warning.endswith("; no shard is reused")
    assert (report.rendered, report.reused) == (2, 0)
    clean = build(options.replaced(out=str(tmp_path / "clean")))
    assert files_of(report.url) == files_of(clean.url)


def test_shards_of_an_unpublished_build_are_reused(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    options = BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out"), workers=1)
    job = start_job(options)
    for plan in job.todo[:3]:
        render_shard(plan, job.bank, job.bank_sha256, job.staging_url)
    (Path(job.staging_url) / job.todo[2].file).unlink()
    (Path(job.staging_url) / job.todo[2].file).mkdir()
    changed = Path(job.staging_url) / job.todo[1].file
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    report = build(options.replaced(max_failed=0.5))
    assert (report.rendered, report.reused) == (5, 1), "max_failed is in the name of the version"
    assert (Path(job.staging_url) / job.todo[0].file).exists(), "kept for its own next run"
    (Path(job.staging_url) / job.todo[2].file).rmdir()
    assert build(options).rendered == 0 and not Path(job.staging_url).exists()
