from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ParameterTypeError

from flows.correct_masks import correct_masks
from tests.scored_faces import scored_bank


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_writes_the_queue_and_leaves_a_table(tmp_path: Path) -> None:
    report = correct_masks(bank=scored_bank(str(tmp_path / "bank")), out=str(tmp_path / "queue"))
    assert Path(report.queue).is_file() and Path(report.sheet).is_file()
    wanted = ArtifactFilter(key=ArtifactFilterKey(any_=["mask-queue", "mask-queue-files"]))
    with get_client(sync_client=True) as client:
        found = {one.key: str(one.data) for one in client.read_artifacts(artifact_filter=wanted)}
    assert [row["id"] for row in json.loads(found["mask-queue"])] == ["wide_mask", "patch_on_it", "true_face"]
    assert report.queue in found["mask-queue-files"]

    with pytest.raises(ParameterTypeError, match="multiple of 16"):
        correct_masks(bank="bank", out=str(tmp_path), size=100)
