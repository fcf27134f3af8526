from __future__ import annotations

import json
import logging
from pathlib import Path
from unittest import mock

import pytest
import yaml
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ParameterTypeError

from flows import build_natocc as module
from flows.build_natocc import build_natocc, log_warnings
from flows.build_randocc import build_randocc
from tasks.build import expand
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build
from tests.tasks.networks import write_rainnet


@pytest.fixture()
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand", "colour_transfer": 1.0}]
    fields = {"name": "small", "description": "A few.", "size": 256, "repeats": 4, "samples_per_shard": 2}
    path.write_text(yaml.safe_dump(fields | {"sets": sets}))
    return str(path)


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_publishes_the_bytes_of_the_plain_build(
    recipe: str, bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = build_natocc(recipe=recipe, bank=bank_url, out=str(tmp_path / "flow"), workers=2)
    plain = build(BuildOptions(recipe=recipe, bank=bank_url, out=str(tmp_path / "plain"), workers=1))
    assert flow.rendered == 4 and not flow.unchanged
    ours, theirs = ({p.name: p.read_bytes() for p in Path(r.url).iterdir()} for r in (flow, plain))
    assert ours == theirs

    again = build_natocc(recipe=recipe, bank=bank_url, out=str(tmp_path / "flow"), workers=1)
    assert again.unchanged and again.url == flow.url
    monkeypatch.setattr(expand, "render_identity", lambda network=None, **more: "other code")
    kept = build_natocc(recipe=recipe, bank=bank_url, out=str(tmp_path / "flow"), workers=1, confirm_code=1)
    assert (kept.samples_copied, [one.set for one in kept.confirmed]) == (8, ["randocc", "hand"])

    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(key=ArtifactFilterKey(any_=["verdicts"]))
        artifacts = client.read_artifacts(artifact_filter=wanted)
    rows = json.loads(str(artifacts[0].data))
    assert [row["set"] for row in rows] == ["randocc", "hand"]
    assert all(row["kept"] + row["rejected"] + row["failed"] == 4 for row in rows)


@pytest.mark.usefixtures("prefect_server")
def test_a_network_harmonises_in_the_flow_as_in_the_plain_build(bank_url: str, tmp_path: Path) -> None:
    weights = write_rainnet(tmp_path / "weights")
    path = tmp_path / "objects.yaml"
    fields = {"name": "objects", "description": "A few.", "size": 256, "repeats": 3, "harmoniser": "rainnet"}
    path.write_text(yaml.safe_dump(fields | {"sets": [{"name": "object", "kind": "object"}]}))
    flow = build_natocc(
        recipe=str(path),
        bank=bank_url,
        out=str(tmp_path / "flow"),
        workers=1,
        lift="residual",
        weights=weights,
        device="cpu",
    )
    plain = build(
        BuildOptions(
            recipe=str(path),
            bank=bank_url,
            out=str(tmp_path / "plain"),
            workers=1,
            lift="residual",
            weights=weights,
            device="cpu",
        )
    )
    assert flow.dataset.networks["harmoniser"]["lift"] == "residual"
    assert flow.dataset.counts["kept"] > 0 and flow.dataset.shards == plain.dataset.shards


@pytest.mark.usefixtures("prefect_server")
def test_build_randocc_takes_the_same_parameters(recipe: str, bank_url: str, tmp_path: Path) -> None:
    report = build_randocc(recipe=recipe, bank=bank_url, out=str(tmp_path), limit=1, seed=7, profile="paper")
    assert report.dataset.overrides == {"seed": 7, "profile": "paper", "limit": 1}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"workers": 0}, "workers"),
        ({"limit": 0}, "limit"),
        ({"seed": -1}, "seed"),
        ({"profile": "x"}, "profile"),
    ],
)
def test_wrong_parameters_are_refused_with_their_name(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(ParameterTypeError, match=field):
        build_natocc(**{"recipe": "sample", "bank": "bank", "out": "out", **wrong})


def test_warnings_are_logged_as_one_safe_line_each(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "get_run_logger", lambda: logging.getLogger("run"))
    log_warnings(mock.Mock(BuildReport, warnings=("100 %s\n\x1b[2J",), repaired=("a\x07", "b")))
    assert caplog.messages == [r"100 %s\n\x1b[2J", r"repaired: a\x07, b"]
