from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from flows.benchmark_segmenters import benchmark_segmenters
from tests.small_benchmark import small_benchmark


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_leaves_the_scores_as_a_table(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    made.change(seeds=[0])
    report = benchmark_segmenters(
        benchmark=str(made.file),
        datasets=made.datasets,
        bank=made.bank,
        out=str(tmp_path / "out"),
        device="cpu",
    )
    assert report.runs == 2
    with get_client(sync_client=True) as client:
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["benchmark", "benchmark-progress"]))
        )
    by_key = {one.key: one for one in artifacts}
    assert json.loads(str(by_key["benchmark"].data)) == report.table()
    assert float(str(by_key["benchmark-progress"].data)) == 100
