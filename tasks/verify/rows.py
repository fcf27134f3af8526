"""Findings about the rows of a manifest: against the index, and against the json of each kept sample."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from manifests.dataset import DATASET_INDEX, MANIFEST, Dataset
from manifests.outcomes.tally import OUTCOMES, count_outcomes
from manifests.rows import Row

# Fields of a row that the json has under the same name, and those of face and occluder under others.
_FIELDS = ("key", "set", "kind", "seed", "stream", "profile", "opacity", "hidden_ratio", "reach_px")
_INPUT_FIELDS = ("id", "photo", "sha256", "licence")


def row_findings(rows: Sequence[Row], dataset: Dataset) -> Iterator[str]:
    """Keys, verdicts, shards and counts of the rows."""
    for key, count in Counter(row.key for row in rows).items():
        if count > 1:
            yield f"{MANIFEST}: expected every key once, got {key} more than once"
    if unknown := sorted({str(row.verdict) for row in rows} - set(OUTCOMES)):
        yield f"{MANIFEST}: expected verdicts among {', '.join(OUTCOMES)}, got {', '.join(unknown)}"
    records = {record.file: record for record in dataset.shards}
    for name in sorted({str(row.shard) for row in rows} - records.keys()):
        yield f"{MANIFEST}: expected shards of {DATASET_INDEX}, got {name}"
    yield from _counts(f"{DATASET_INDEX}: counts", dataset.counts, rows)
    by_set, by_shard = _grouped(rows, "set"), _grouped(rows, "shard")
    for name in dict.fromkeys([*dataset.counts_by_set, *by_set]):
        recorded = dataset.counts_by_set.get(name, {})
        yield from _counts(f"{DATASET_INDEX}: counts of set {name}", recorded, by_set[name])
    for file, record in records.items():
        yield from _counts(f"{DATASET_INDEX}: counts of {file}", record.counts, by_shard[file])
        if record.samples != record.counts.get("kept", 0):
            yield f"{DATASET_INDEX}: samples of {file}: expected its kept ones, got {record.samples}"


def _grouped(rows: Sequence[Row], name: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def _counts(what: str, recorded: Mapping[str, int], rows: Sequence[Row]) -> Iterator[str]:
    expected = count_outcomes(rows)
    if expected != {verdict: recorded.get(verdict, 0) for verdict in OUTCOMES}:
        yield f"{what}: expected those of the rows, {expected}, got {dict(recorded)}"


def differences(row: Row, metadata: Mapping[str, Any]) -> list[str]:
    """Findings about the json of a kept sample, as ``read_metadata`` gives it, against its row."""
    values = {name: (getattr(row, name), metadata.get(name)) for name in _FIELDS}
    values |= {name: (_parsed(getattr(row, name)), metadata.get(name)) for name in ("params", "backends")}
    for what in ("face", "occluder"):
        entry = metadata.get(what) or {}
        for name in _INPUT_FIELDS:
            values[f"{what} {name}"] = (getattr(row, f"{what}_{name}"), entry.get(name))
    values["face person"] = (row.person or None, (metadata.get("face") or {}).get("person"))
    values["face repeat"] = (row.repeat, (metadata.get("face") or {}).get("repeat"))
    return [
        f"json: expected {name} {of_row!r} as in {MANIFEST}, got {of_json!r}"
        for name, (of_row, of_json) in values.items()
        if of_row != of_json
    ]


def _parsed(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
