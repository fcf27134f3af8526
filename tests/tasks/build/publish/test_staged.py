from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from manifests.dataset import read_shard_record, write_shard_record
from manifests.rows import encode_rows, rows_of
from shards import storage
from tasks.build.options import BuildOptions
from tasks.build.publish.staged import NotAsRecorded, is_started, read_staged, remove_staged
from tasks.build.version import Job
from tasks.render.shard import record_url, render_shard, rows_url
from tests.jobs import start_job


@pytest.fixture()
def job(bank_url: str, recipe_file: Callable[..., str], tmp_path: Path) -> Job:
    """A build whose first shard is finished."""
    job = start_job(BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out")))
    render_shard(job.todo[0], job.bank, job.bank_sha256, job.staging_url)
    return job


def test_a_finished_shard_has_a_row_for_every_planned_sample(job: Job) -> None:
    plan = job.todo[0]
    shard = read_staged(job.staging_url, plan)
    assert shard.record == read_shard_record(record_url(job.staging_url, plan.file))
    assert shard.table()["cache_key"].to_pylist() == [sample.cache_key for sample in plan.samples]
    assert is_started(job.staging_url, plan) and not is_started(job.staging_url, job.todo[1])
    remove_staged(job.staging_url, plan.file)
    assert not is_started(job.staging_url, plan)


def test_every_file_is_compared(job: Job) -> None:
    plan, folder = job.todo[0], job.staging_url
    for url in (storage.join(folder, plan.file), rows_url(folder, plan.file), record_url(folder, plan.file)):
        whole = storage.read_bytes(url)
        for damaged in (whole[:-1], whole + b"x", whole[:100] + b"?" + whole[101:], b"", None):
            if damaged is None:
                storage.remove(url)
            else:
                storage.write_bytes(url, damaged)
            with pytest.raises(NotAsRecorded, match=url):
                read_staged(folder, plan)
        storage.write_bytes(url, whole)
    read_staged(folder, plan)


@pytest.mark.parametrize("change", ["order", "lacking", "verdict", "set", "counts"])
def test_rows_and_counts_belong_to_the_plan_though_hashes_agree(change: str, job: Job) -> None:
    plan, folder = job.todo[0], job.staging_url
    shard = read_staged(folder, plan)
    rows, record = rows_of(shard.table()), shard.record
    changed = {
        "order": rows[::-1],
        "lacking": rows[1:],
        "verdict": [replace(rows[0], verdict="failed"), *rows[1:]],
        "set": [replace(row, set="other") for row in rows],
        "counts": rows,
    }[change]
    data = encode_rows(changed)
    counts = record.counts | ({"kept": 0} if change == "counts" else {})
    storage.write_bytes(rows_url(folder, plan.file), data)
    changed_record = replace(record, rows_sha256=storage.sha256_bytes(data), counts=counts)
    write_shard_record(record_url(folder, plan.file), changed_record)
    with pytest.raises(NotAsRecorded, match=r"expected (a row for each of 4 planned samples|counts)"):
        read_staged(folder, plan)
