"""A published version in which samples failed, as they do when a disk or a memory is full."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from manifests.dataset import DATASET_INDEX, MANIFEST, read_dataset, read_manifest
from manifests.outcomes.tally import count_outcomes
from manifests.restore import describe_manifest
from manifests.rows import encode_rows
from shards.reader import read_shard
from shards.storage import sha256_bytes
from shards.tar import pack
from tasks.build.version import Job
from tasks.render import groups
from tasks.render.sample import SampleResult, attempt
from tasks.render.shard import RenderedShard, render_shard

REASON = "OSError: no space left on device"


def render_here(job: Job, *_: object) -> list[RenderedShard]:
    """Render in this process."""
    stored = job.stored.of_plan
    return [
        render_shard(plan, job.bank, job.bank_sha256, job.staging_url, None, stored(plan))
        for plan in job.todo
    ]


def fail_again(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """Let retries render in this process, where these samples fail."""

    def attempt_or_fail(*args: Any) -> SampleResult:
        result = attempt(*args)
        if result.row.key not in keys:
            return result
        return SampleResult(row=replace(result.row, verdict="failed", reason=REASON, params=None))

    monkeypatch.setattr(groups, "attempt", attempt_or_fail)
    monkeypatch.setattr("tasks.renew.retry.render_job", render_here)


def fail_samples(folder: Path, *keys: str) -> None:
    """Make samples of a version failed ones, in its shards, its manifest and its index."""
    dataset = read_dataset(str(folder))
    rows = [
        replace(row, verdict="failed", reason=REASON, params=None) if row.key in keys else row
        for row in read_manifest(str(folder), dataset)
    ]
    records = []
    for record in dataset.shards:
        samples = [one for one in read_shard(f"{folder}/{record.file}") if one[0] not in keys]
        own, data = [row for row in rows if row.shard == record.file], pack(samples)
        (folder / record.file).unlink()
        (folder / record.file).write_bytes(data)
        counts = count_outcomes(own)
        hashes = {"sha256": sha256_bytes(data), "rows_sha256": sha256_bytes(encode_rows(own))}
        records.append(replace(record, samples=len(samples), counts=counts, bytes=len(data), **hashes))
    names = dict.fromkeys(row.set for row in rows)
    by_set = {name: count_outcomes(row for row in rows if row.set == name) for name in names}
    described = replace(dataset, shards=tuple(records), counts=count_outcomes(rows), counts_by_set=by_set)
    manifest = describe_manifest(described, rows)
    (folder / MANIFEST).write_bytes(manifest)
    files = dataset.files | {MANIFEST: sha256_bytes(manifest)}
    (folder / DATASET_INDEX).write_bytes(replace(described, files=files).encode())
