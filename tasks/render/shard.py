"""Rendering one shard: every planned sample becomes a row, and the kept ones tar members."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from functools import lru_cache

import cv2

from assets.bank.reader import Bank
from manifests.dataset import VERDICTS, ShardRecord
from manifests.rows import Row, encode_rows
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.tar import TarWriter, add_sample
from tasks.errors import BuildStopped
from tasks.render.groups import attempt_all
from tasks.render.harmonise import open_harmoniser
from tasks.render.inputs import OccluderCache, occluder_pool

# So many failures in a row mean a broken environment, not a bad sample.
_MOST_FAILURES_IN_A_ROW = 10


class ShardStopped(BuildStopped):
    """A shard gave up: too many samples failed in a row."""


def render_shard(
    plan: ShardPlan, bank_url: str, bank_sha256: str, out_url: str, weights: str | None = None
) -> ShardRecord:
    """Render a planned shard into a folder: tar, then its rows, then its record, each whole.

    ``weights`` is the folder of a network's. Raises ShardStopped after ten failures in a row,
    BuildStopped where bank or weights are no longer those that were planned with (``bank_sha256``),
    OSError where the folder can't be written.
    """
    cv2.setNumThreads(1)
    bank, cache = _open_bank(bank_url)
    if bank.index["content_sha256"] != bank_sha256:
        raise BuildStopped(f"{bank_url}: the bank has changed since this build was planned; run it again")
    faces = {entry.id: entry for entry in bank.entries("face")}
    pool = occluder_pool(bank, plan)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    rows: list[Row] = []
    in_a_row = 0
    target = storage.join(out_url, plan.file)
    with storage.write_whole(target) as stream:
        writer = TarWriter(stream)
        for row, members in attempt_all(plan, bank, cache, faces, pool, harmonise):
            rows.append(row)
            if members:
                add_sample(writer, row.key, members)
            in_a_row = in_a_row + 1 if row.verdict == "failed" else 0
            if in_a_row >= _MOST_FAILURES_IN_A_ROW:
                raise ShardStopped(f"{plan.file}: {in_a_row} samples failed in a row, the last: {row.reason}")
        writer.close()
    storage.write_bytes(rows_url(out_url, plan.file), encode_rows(rows))
    counts = Counter(row.verdict for row in rows)
    record = ShardRecord(
        file=plan.file,
        set=plan.set,
        split=plan.split,
        cache_key=plan.cache_key,
        samples=counts["kept"],
        counts={verdict: counts[verdict] for verdict in VERDICTS},
        bytes=storage.size_of(target),
        sha256=storage.sha256_of(target),
        network_batch=harmonise.network_batch,
    )
    storage.write_bytes(record_url(out_url, plan.file), json.dumps(asdict(record)).encode())
    return record


def rows_url(folder: str, file: str) -> str:
    return storage.join(folder, "rows", file.replace(".tar", ".parquet"))


def record_url(folder: str, file: str) -> str:
    return storage.join(folder, "rows", file.replace(".tar", ".json"))


@lru_cache(maxsize=1)
def _open_bank(url: str) -> tuple[Bank, OccluderCache]:
    return Bank(url), OccluderCache()
