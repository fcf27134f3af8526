"""Verifying a version: hashes of its files, its rows, then every sample against the rules of the format."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

from manifests.dataset import DATASET_INDEX, MANIFEST, Dataset, read_dataset
from manifests.restore import described_dataset
from manifests.rows import BadRows, Row, decode_rows
from natocc.document import BadDocument
from shards import storage
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.verify.bank import bank_or_version, verify_bank
from tasks.verify.files import file_findings, history_findings, unreadable_file
from tasks.verify.rows import row_findings
from tasks.verify.shard import Form, ShardFindings, check_shard
from tasks.workers.pool import WorkerPool


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

    Of a dataset, its latest version and its history are checked. A damaged file is a finding, and all others
    are still checked. ``on_progress`` counts the shards of a version or the files of a bank. Raises
    FileNotFoundError if there is neither, BadDocument for an index of a later release.
    """
    version = bank_or_version(url)
    if version is None:
        counts, found = verify_bank(url, on_progress)
        shards = sum(name.endswith(".tar") for name in storage.list_names(url, data_alone=True))
        entries = sum(counts.values())
        return VerifyReport(url=url, samples=entries, shards=shards, findings=tuple(found), what="entries")
    history = [] if version == storage.join(url) else history_findings(url)
    return _verify_version(version, workers, on_progress, history)


def _verify_version(url: str, workers: int, on_progress: OnProgress, findings: list[str]) -> VerifyReport:
    dataset = _index(url, findings)
    rows = _rows(url, findings)
    files = _present_shards(url, dataset)
    if dataset is not None:
        findings += file_findings(url, dataset)
        findings += [] if rows is None else row_findings(rows, dataset)
    checked = _check_shards(url, files, dataset, rows, workers, on_progress)
    findings += [finding for shard in checked for finding in shard.findings]
    findings += [*_repeated(checked, rows), *_mixed_forms(checked)]
    counted = sum(len(shard.keys) for shard in checked)
    return VerifyReport(
        url=url,
        samples=counted if dataset is None else sum(record.samples for record in dataset.shards),
        shards=len(files) if dataset is None else len(dataset.shards),
        findings=tuple(dict.fromkeys(findings)),
    )


def _index(url: str, findings: list[str]) -> Dataset | None:
    """The version's index, or its copy in the manifest; None if both are damaged."""
    try:
        return read_dataset(url)
    except BadDocument as error:
        if error.problem == "newer":
            raise
        findings.append(str(error))
    except OSError as error:
        findings.append(unreadable_file(DATASET_INDEX, error))
    return described_dataset(url)


def _rows(url: str, findings: list[str]) -> list[Row] | None:
    place = storage.join(url, MANIFEST)
    try:
        return decode_rows(storage.read_bytes(place), place)
    except BadRows as error:
        findings.append(str(error))
    except OSError as error:
        findings.append(unreadable_file(MANIFEST, error))
    return None


def _present_shards(url: str, dataset: Dataset | None) -> list[str]:
    """The shards to check: those of the index, or all of the folder if it is damaged."""
    existing = storage.list_names(url, data_alone=True)
    if dataset is None:
        return [name for name in existing if name.endswith(".tar")]
    return [record.file for record in dataset.shards if record.file in existing]


def _check_shards(
    url: str,
    files: Sequence[str],
    dataset: Dataset | None,
    rows: Sequence[Row] | None,
    workers: int,
    on_progress: OnProgress,
) -> list[ShardFindings]:
    records = {} if dataset is None else {record.file: record for record in dataset.shards}
    by_shard: dict[str, list[Row]] = defaultdict(list)
    for row in rows or ():
        by_shard[row.shard].append(row)
    with WorkerPool(workers) as pool:
        futures = {}
        for file in files:
            of_shard = None if rows is None else by_shard[file]
            futures[pool.submit(check_shard, url, file, records.get(file), of_shard)] = file
        finished = tracked(as_completed(futures), on_progress, len(futures))
        by_file = {futures[done]: done.result() for done in finished}
    return [by_file[file] for file in files]


def _repeated(checked: Sequence[ShardFindings], rows: Sequence[Row] | None) -> list[str]:
    """Keys that several samples have, where no manifest says so."""
    if rows is not None:
        return []
    counts = Counter(key for shard in checked for key in shard.keys)
    twice = [key for key, count in counts.items() if count > 1]
    return [f"expected every key once, got {key} more than once" for key in twice]


def _mixed_forms(checked: Sequence[ShardFindings]) -> list[str]:
    """Samples of several forms. Readers take the form of a version from its first samples."""
    first: dict[Form, str] = {}
    for shard in checked:
        for form, key in shard.forms.items():
            first.setdefault(form, key)
    if len(first) < 2:
        return []
    got = " and ".join(f"{form} ({key})" for form, key in first.items())
    return [f"expected samples of one schema and with the same members, got {got}"]
