from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from manifests.dataset import Dataset, read_dataset, read_manifest
from manifests.rows import Row
from manifests.sample import read_metadata
from shards.reader import read_sample
from tasks.build.version import BuildReport
from tasks.verify.rows import differences, row_findings


def kept(built: BuildReport) -> tuple[Row, dict[str, Any]]:
    row = next(
        row for row in read_manifest(built.url, built.dataset) if row.verdict == "kept" and row.occluder_id
    )
    return row, read_metadata(read_sample(f"{built.url}/{row.shard}", row.key)["json"], row.key)


def test_rows_of_a_sound_version_agree_with_index_and_json(built: BuildReport) -> None:
    dataset = read_dataset(built.url)
    assert list(row_findings(read_manifest(built.url, dataset), dataset)) == []
    assert differences(*kept(built)) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda rows: [replace(rows[0], verdict="failed"), *rows[1:]],
            "dataset.json: counts: expected those of",
        ),
        (
            lambda rows: [replace(rows[0], verdict="lost"), *rows[1:]],
            "manifest.parquet: expected verdicts among ",
        ),
        (
            lambda rows: [replace(rows[0], shard="x.tar"), *rows[1:]],
            "manifest.parquet: expected shards of dataset",
        ),
        (lambda rows: [rows[1], *rows[1:]], "manifest.parquet: expected every key once, got "),
        (lambda rows: rows[1:], "dataset.json: counts of set "),
    ],
)
def test_rows_that_the_index_does_not_count_are_findings(
    change: Callable[[list[Row]], list[Row]], finding: str, built: BuildReport
) -> None:
    dataset = read_dataset(built.url)
    found = list(row_findings(change(read_manifest(built.url, dataset)), dataset))
    assert any(one.startswith(finding) for one in found), found


def test_counts_of_the_index_are_those_of_the_rows(built: BuildReport) -> None:
    dataset = read_dataset(built.url)
    rows = read_manifest(built.url, dataset)
    wrong: list[Dataset] = [
        replace(dataset, counts=dataset.counts | {"kept": 99}),
        replace(
            dataset, counts_by_set=dataset.counts_by_set | {"more": {"kept": 1, "rejected": 0, "failed": 0}}
        ),
        replace(dataset, shards=(replace(dataset.shards[0], samples=99), *dataset.shards[1:])),
        replace(dataset, shards=(replace(dataset.shards[0], counts={"kept": 99}), *dataset.shards[1:])),
    ]
    for one in wrong:
        assert list(row_findings(rows, one))


@pytest.mark.parametrize(
    "name", ["key", "set", "opacity", "hidden_ratio", "params", "backends", "face", "occluder"]
)
def test_a_json_that_differs_from_its_row_is_a_finding(name: str, built: BuildReport) -> None:
    row, metadata = kept(built)
    (finding, *_) = differences(row, metadata | {name: None})
    assert finding.startswith(f"json: expected {name}") and "as in manifest.parquet, got None" in finding
