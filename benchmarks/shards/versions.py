"""Versions of many small samples, whose rows are as long as those of real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import yaml

from manifests.dataset import ShardRecord, write_shard_record
from manifests.outcomes.tally import count_outcomes
from manifests.rows import Row, encode_rows
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.tar import pack
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan
from tasks.build.version import plan_job
from tasks.render.shard import record_url, rows_url

# Numbers in the parameters of a sample, and the length of their names.
_NUMBERS = 70


def options_of(bank: str, folder: Path, *, samples: int, per_shard: int, name: str = "many") -> BuildOptions:
    """A build of one set of ``samples`` samples. Recipes of other names plan the same samples."""
    path = folder / f"{name}.yaml"
    fields = {"name": "many", "description": f"Many, {name}.", "size": 64, "samples_per_shard": per_shard}
    path.write_text(
        yaml.safe_dump(fields | {"repeats": samples, "sets": [{"name": "plain", "kind": "none"}]})
    )
    return BuildOptions(recipe=str(path), bank=bank, out=str(folder / "out"), limit=samples, workers=1)


def plan_samples(bank: str, folder: Path, *, samples: int, per_shard: int) -> Plan:
    return plan_job(options_of(bank, folder, samples=samples, per_shard=per_shard)).plan


def write_finished(plan: ShardPlan, folder: str) -> None:
    """Tar, rows and record of a shard as if it had been rendered; the tar has one sample."""
    params = _params(plan.file)
    rows = [finished_row(plan, number, next(params)) for number in range(len(plan.samples))]
    tar, encoded, counts = pack([(rows[0].key, {"json": b"{}"})]), encode_rows(rows), count_outcomes(rows)
    storage.write_bytes(storage.join(folder, plan.file), tar)
    storage.write_bytes(rows_url(folder, plan.file), encoded)
    record = ShardRecord(
        file=plan.file,
        set=plan.set,
        split=plan.split,
        cache_key=plan.cache_key,
        samples=counts["kept"],
        counts=counts,
        bytes=len(tar),
        sha256=storage.sha256_bytes(tar),
        rows_sha256=storage.sha256_bytes(encoded),
    )
    write_shard_record(record_url(folder, plan.file), record)


def finished_row(plan: ShardPlan, number: int, params: str) -> Row:
    """The row of a kept sample of the plan."""
    sample = plan.samples[number]
    return Row(
        key=f"{plan.set}-{sample.face}-{sample.repeat:03d}",
        set=plan.set,
        kind=plan.kind,
        split=plan.split,
        shard=plan.file,
        verdict="kept",
        reason="",
        face_id=sample.face,
        repeat=sample.repeat,
        face_photo="a" * 64,
        face_sha256="b" * 64,
        face_licence="CC0-1.0",
        person=None,
        occluder_id=f"{number % 997:05d}",
        occluder_category="cup",
        occluder_photo=sample.cache_key[::-1],
        occluder_sha256=sample.cache_key[::-1],
        occluder_licence="CC BY 4.0",
        seed=plan.seed,
        stream=plan.stream,
        profile=plan.profile.name,
        opacity=1.0,
        hidden_ratio=number / 1e6,
        reach_px=number % 50,
        placement_tries=1,
        params=params,
        backends='{"upscaler": null, "colour_transfer": null, "harmoniser": null}',
        cache_key=sample.cache_key,
    )


def _params(seed: str) -> Iterator[str]:
    """Texts of about 1,900 characters, of which the numbers differ."""
    rng = random.Random(seed)
    while True:
        yield "{" + ", ".join(f'"parameter": {rng.random()}' for _ in range(_NUMBERS)) + "}"
