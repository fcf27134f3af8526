from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ParameterTypeError

from flows.train_harmoniser import train_harmoniser
from tests.harmonizer_photos import photo_folders


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_trains_and_leaves_figures_and_previews(tmp_path: Path) -> None:
    photos, masks = photo_folders(tmp_path)
    out = str(tmp_path / "run")
    report = train_harmoniser(
        out=out, photos=photos, masks=masks, width=2, steps=1, batch=1, views=1, adversarial=0, device="cpu"
    )
    assert Path(report.weights).is_file() and Path(report.metrics).is_file()
    with get_client(sync_client=True) as client:
        keys = ArtifactFilterKey(any_=["harmonizer", "harmonizer-previews"])
        found = {one.key: one for one in client.read_artifacts(artifact_filter=ArtifactFilter(key=keys))}
    rows = json.loads(str(found["harmonizer"].data))
    assert [row["made by"] for row in rows[:3]] == ["composite", "statistics", "network"]
    assert rows[0]["fmse"] == report.table()[0]["fmse"]
    assert Path(report.previews).as_uri() in str(found["harmonizer-previews"].data)

    with pytest.raises(ParameterTypeError, match="multiple of 256"):
        train_harmoniser(out=out, photos=photos, masks=masks, size=300)
