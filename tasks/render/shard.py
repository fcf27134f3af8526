"""Render one shard. Every planned sample becomes a row; kept samples also become tar members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2

from assets.bank.reader import Bank
from assets.wording import count_of
from manifests.dataset import ShardRecord, write_shard_record
from manifests.outcomes.confirmed_code import merge_confirmed
from manifests.outcomes.tally import count_outcomes
from manifests.rows import Row, encode_rows
from manifests.shard_plan import ShardPlan
from natocc.document import BadDocument, MissingDocument
from natocc.occluders.bank_files import BadBank
from shards import storage
from shards.tar import TarWriter, add_sample
from tasks.errors import BuildStopped
from tasks.render.groups import attempt_all
from tasks.render.harmonise import open_harmoniser
from tasks.render.inputs import OccluderCache, open_inputs
from tasks.render.sample import SampleResult
from tasks.render.stored import StoredShard, read_stored
from tasks.render.transport import open_transport

# This many failures in a row mean a broken environment, not bad samples.
_MOST_FAILURES_IN_A_ROW = 10
# The folder of the rows and records of finished shards.
ROWS = "rows"


class ShardStopped(BuildStopped):
    """A shard was stopped because too many samples failed in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedShard:
    """A shard that was just written, and how: its samples rendered or copied, remarks on what was damaged."""

    record: ShardRecord
    rendered: int
    copied: int
    remarks: tuple[str, ...] = ()


def render_shard(
    plan: ShardPlan,
    bank_url: str,
    bank_sha256: str,
    out_url: str,
    weights: str | None = None,
    stored: tuple[StoredShard, ...] = (),
) -> RenderedShard:
    """Write a planned shard into a folder: tar, then rows, then record, each complete.

    Samples of ``stored`` shards are copied, the others are rendered.
    The record has the hashes of what was written, so that damage on the way to the disk is found later.
    ``weights`` is the folder of networks' weights. Raises ShardStopped after ten failures in a row,
    BuildStopped if bank (``bank_sha256``), weights or device differ from the plan's or the bank is damaged,
    OSError if the folder can't be written.
    """
    cv2.setNumThreads(1)
    bank, cache = planned_bank(bank_url, bank_sha256)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    transport = open_transport(plan.transfer_device)
    target = storage.join(out_url, plan.file)
    found = read_stored(stored)
    try:
        samples = attempt_all(open_inputs(plan, bank, cache), harmonise, found.samples, transport)
        rows, written = _write_tar(target, plan.file, samples)
    except BadBank as error:
        raise BuildStopped(str(error)) from error
    encoded = encode_rows(rows)
    storage.write_bytes(rows_url(out_url, plan.file), encoded)
    counts = count_outcomes(rows)
    record = ShardRecord(
        file=plan.file,
        set=plan.set,
        split=plan.split,
        cache_key=plan.cache_key,
        samples=counts["kept"],
        counts=counts,
        bytes=written.size,
        sha256=written.sha256,
        network_batch=harmonise.network_batch,
        rows_sha256=storage.sha256_bytes(encoded),
        confirmed=merge_confirmed(found.confirmed),
    )
    write_shard_record(record_url(out_url, plan.file), record)
    copied = len(found.samples)
    return RenderedShard(record=record, rendered=len(rows) - copied, copied=copied, remarks=found.remarks)


def _write_tar(url: str, file: str, samples: Iterable[SampleResult]) -> tuple[list[Row], TarWriter]:
    """Write the kept samples; return all rows, and the closed writer with size and hash of what was written.

    Raises ShardStopped after too many failures in a row.
    """
    rows: list[Row] = []
    failures = 0
    with storage.write_whole(url) as stream:
        writer = TarWriter(stream)
        for sample in samples:
            row = sample.row
            rows.append(row)
            if sample.members:
                add_sample(writer, row.key, sample.members)
            failures = failures + 1 if row.verdict == "failed" else 0
            if failures >= _MOST_FAILURES_IN_A_ROW:
                raise ShardStopped(
                    f"{file}: {count_of(failures, 'samples')} failed in a row, the last: {row.reason}"
                )
        writer.close()
    return rows, writer


def rows_url(folder: str, file: str) -> str:
    return storage.join(folder, ROWS, file.replace(".tar", ".parquet"))


def record_url(folder: str, file: str) -> str:
    return storage.join(folder, ROWS, file.replace(".tar", ".json"))


@lru_cache(maxsize=1)
def planned_bank(url: str, content_sha256: str) -> tuple[Bank, OccluderCache]:
    """The bank of the plan, opened once a process, and its decoded occluders. Raises BuildStopped."""
    changed = f"{url}: the bank has changed since this build was planned"
    try:
        bank = Bank(url)
    except MissingDocument as error:
        advice = "it was removed or is being prepared again: when it is complete, run the same command again"
        raise BuildStopped(f"{changed}: {advice}") from error
    except (BadBank, BadDocument) as error:
        raise BuildStopped(str(error)) from error
    if bank.index["content_sha256"] != content_sha256:
        raise BuildStopped(f"{changed}: it was prepared again; run the same command again")
    return bank, OccluderCache()
