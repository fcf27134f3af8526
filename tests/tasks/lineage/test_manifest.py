from __future__ import annotations

from pathlib import Path

import pytest

from tasks.build.version import BuildReport
from tasks.lineage.manifest import open_manifest, unknown


def test_a_dataset_means_its_latest_version(built: BuildReport) -> None:
    manifest = open_manifest(str(Path(built.url).parent))
    assert manifest.url == built.url and manifest.dataset == built.dataset
    assert len(manifest.rows) == sum(built.dataset.counts.values())


def test_no_version_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a version"):
        open_manifest(str(tmp_path))


def test_at_most_three_near_names_are_offered() -> None:
    known = [f"hand-0000{number}" for number in range(9)]
    assert str(unknown("a hand", "hand-0001", known, "v")).count(" or ") == 2
    assert str(unknown("a hand", "zzz", known, "v")).endswith("got 'zzz'; its manifest.parquet lists all")
