from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ParameterTypeError

from flows.train_segmenter import name_of, train_segmenter
from tests.small_version import small_bank, small_version


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_trains_and_leaves_a_table_of_figures(tmp_path: Path) -> None:
    version, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"))
    report = train_segmenter(
        version=version, out=str(tmp_path / "run"), bank=bank, size=16, steps=2, batch=2, device="cpu"
    )
    assert Path(report.weights).is_file() and Path(report.metrics).is_file()
    with get_client(sync_client=True) as client:
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["segmenter"]))
        )
        runs = client.read_flow_runs()
    assert f"unet on {version}" in {run.name for run in runs}
    rows = json.loads(str(artifacts[0].data))
    assert [row["faces"] for row in rows] == ["held-out synthetic", "RealOcc"]
    with get_client(sync_client=True) as client:
        shown = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["segmenter-progress"]))
        )
    assert float(str(shown[0].data)) == 100
    assert str(shown[0].description).startswith("2 of 2 steps")
    assert rows[0]["face_iou"] == report.table()[0]["face_iou"]

    with pytest.raises(ParameterTypeError, match="multiple of 16"):
        train_segmenter(version=version, out=str(tmp_path / "run"), bank=bank, size=100)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"version": "a/b"}, "unet on a/b"),
        ({"data": ("a=1", "b=0.5"), "network": "segformer-b0"}, "segformer-b0 on a=1, b=0.5"),
        ({"mixture": "c-wo-with-mix", "datasets": "d", "version": None}, "unet on c-wo-with-mix"),
    ],
)
def test_a_run_is_named_by_network_and_data(values: dict[str, Any], name: str) -> None:
    assert name_of(values) == name
