from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from flows.training import create_artifacts
from tasks.training.report import TrainingReport


class Report(TrainingReport):
    def table(self) -> list[dict[str, str | int | float]]:
        return [{"faces": "held out", "iou": 0.5}]


REPORT = Report(weights="w", metrics="m", state="s", steps=3, resumed=0, trained_on=7)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("previews", [None, "previews.png", "memory://bucket/previews.png"])
def test_scores_are_a_table_and_previews_a_link_if_there_are_some(
    previews: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key = f"scores-{len(previews or '')}"

    @flow
    def report() -> None:
        create_artifacts(REPORT, key, "3 steps", previews)

    report()
    with get_client(sync_client=True) as client:
        keys = ArtifactFilterKey(any_=[key, f"{key}-previews"])
        found = {one.key: one for one in client.read_artifacts(artifact_filter=ArtifactFilter(key=keys))}
    assert json.loads(str(found[key].data)) == REPORT.table()
    assert found[key].description == "3 steps"
    if previews is None:
        assert f"{key}-previews" not in found
    else:
        place = previews if "://" in previews else (tmp_path / previews).as_uri()
        assert place in str(found[f"{key}-previews"].data)
