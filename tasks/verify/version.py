"""Verifying a version: hashes of its files, then every sample against the rules of the format."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass
from tarfile import TarError

import pyarrow as pa

from manifests.dataset import DATASET_INDEX, MANIFEST, Dataset, ShardRecord, read_dataset
from manifests.rows import decode_rows
from shards import storage
from shards.reader import read_shard
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.verify.bank import bank_or_version, verify_bank
from tasks.verify.sample import check_sample
from tasks.workers.pool import WorkerPool, result_of


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """``findings`` is empty for a sound version or bank."""

    url: str
    samples: int
    shards: int
    findings: tuple[str, ...]
    # The unit of ``samples``; ``entries`` for a bank.
    what: str = "samples"


def verify(url: str, workers: int = 1, *, on_progress: OnProgress = ignore_progress) -> VerifyReport:
    """Recompute every hash; check every sample of a version, or check a bank for leaks.

    ``on_progress`` counts the shards of a version or the files of a bank. Raises FileNotFoundError if there
    is neither.
    """
    version = bank_or_version(url)
    if version is None:
        counts, found = verify_bank(url, on_progress)
        shards = sum(name.endswith(".tar") for name in storage.list_names(url))
        entries = sum(counts.values())
        return VerifyReport(url=url, samples=entries, shards=shards, findings=tuple(found), what="entries")
    url = version
    dataset = read_dataset(url)
    findings = list(_file_findings(url, dataset))
    keys = _kept_keys(url, findings)
    existing = set(storage.list_names(url))
    present = [record for record in dataset.shards if record.file in existing]
    with WorkerPool(workers) as pool:
        futures = {
            pool.submit(check_shard, url, record, keys.get(record.file, [])): record for record in present
        }
        finished = tracked(as_completed(futures), on_progress, len(futures))
        by_file = {futures[done].file: result_of(done) for done in finished}
    findings += [finding for record in present for finding in by_file[record.file]]
    samples = sum(record.samples for record in dataset.shards)
    return VerifyReport(url=url, samples=samples, shards=len(dataset.shards), findings=tuple(findings))


def _file_findings(url: str, dataset: Dataset) -> Iterator[str]:
    existing = set(storage.list_names(url))
    listed = {record.file for record in dataset.shards} | set(dataset.files) | {DATASET_INDEX}
    for name in sorted(listed - existing):
        yield f"{name}: expected by {DATASET_INDEX}, missing"
    for name in sorted(existing - listed):
        yield f"{name}: not listed in {DATASET_INDEX}"
    for name, expected in sorted(dataset.files.items()):
        if name in existing and (found := storage.sha256_of(storage.join(url, name))) != expected:
            yield f"{name}: expected sha256 {expected}, got {found}"


def _kept_keys(url: str, findings: list[str]) -> dict[str, list[str]]:
    """Keys of the kept rows by shard, in order. A duplicate key is a finding."""
    try:
        rows = decode_rows(storage.read_bytes(storage.join(url, MANIFEST)))
    except (FileNotFoundError, pa.ArrowException) as error:
        findings.append(f"{MANIFEST}: expected a readable manifest, got {error}")
        return {}
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.verdict == "kept":
            keys[row.shard].append(row.key)
    twice = [key for key, count in Counter(row.key for row in rows).items() if count > 1]
    findings += [f"{MANIFEST}: expected every key once, got {key} more than once" for key in twice]
    return keys


def check_shard(url: str, record: ShardRecord, keys: list[str]) -> list[str]:
    """Findings about one shard: its hash, its keys against the manifest, its samples."""
    path = storage.join(url, record.file)
    findings = []
    if (found := storage.sha256_of(path)) != record.sha256:
        findings.append(f"{record.file}: expected sha256 {record.sha256}, got {found}")
    seen = []
    try:
        for key, members in read_shard(path):
            seen.append(key)
            findings += [f"{record.file}: {finding}" for finding in check_sample(key, members)]
    except (TarError, ValueError) as error:
        findings.append(f"{record.file}: expected a whole tar, got {error}")
    if seen != keys:
        findings.append(
            f"{record.file}: expected the manifest's {len(keys)} kept samples in order, got {len(seen)}"
        )
    return findings
