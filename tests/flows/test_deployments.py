"""``prefect.yaml`` names flows that exist, with parameters that they take."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def test_a_deployment_runs_the_flow_of_its_name(deployment: dict[str, Any]) -> None:
    path, _, function = deployment["entrypoint"].partition(":")
    found = getattr(import_module(path.removesuffix(".py").replace("/", ".")), function)
    assert found.name == deployment["name"]
    assert set(deployment.get("parameters", {})) <= set(found.parameters.properties)
    assert deployment["work_pool"]["name"] == "cpu"
