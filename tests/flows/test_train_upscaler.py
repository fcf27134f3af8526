from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ParameterTypeError

from flows.train_upscaler import train_upscaler
from tests.upscaler_training import TINY, photographs


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_trains_and_leaves_figures_and_previews(tmp_path: Path) -> None:
    photos = photographs(tmp_path / "photos")
    report = train_upscaler(out=str(tmp_path / "run"), photos=photos, **TINY)
    assert Path(report.weights).is_file() and Path(str(report.previews)).is_file()
    found = {}
    with get_client(sync_client=True) as client:
        for key in ("upscaler", "upscaler-previews"):
            key_filter = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
            found[key] = str(client.read_artifacts(artifact_filter=key_filter)[0].data)
    rows = json.loads(found["upscaler"])
    assert [row["photographs"] for row in rows] == ["training", "held out"]
    assert rows[1]["psnr"] == report.table()[1]["psnr"]
    assert Path(str(report.previews)).as_uri() in found["upscaler-previews"]

    with pytest.raises(ParameterTypeError, match="'bicubic' or 'blind'"):
        train_upscaler(out=str(tmp_path / "run"), photos=photos, degradation="none")
