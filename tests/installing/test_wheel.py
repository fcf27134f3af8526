"""The wheel, in an empty environment, beside a repository with folders of the pipeline's names."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.installing.environments import ROOT, Environment, build_wheel, copy_project, make_environment

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]

# Folders of a training repository, which the pipeline has as well.
FOREIGN = ("models", "tasks", "commands", "assets", "flows")
USE = """
import json
from importlib import metadata

import numpy as np

import commands, models, tasks
import natocc
from natocc import NatOcc, OccluderBank, RandOcc
from natocc.transforms import NatOcc as Same

rng = np.random.default_rng(0)
image = rng.integers(0, 256, (256, 256, 3), np.uint8)
mask = np.zeros((256, 256), np.uint8)
mask[40:220, 60:200] = 1
matte = np.zeros((90, 90), np.uint8)
matte[10:80, 10:80] = 255
held = OccluderBank(objects=[(rng.integers(0, 256, (90, 90, 3), np.uint8), matte)], textures=[image])
out = NatOcc(held, p=1).occlude(image=image, mask=mask, seed=3)
shape = RandOcc(held, p=1).occlude(image=image, mask=mask, seed=3)
print(json.dumps({
    "foreign": [commands.WHOSE, models.WHOSE, tasks.WHOSE],
    "version": natocc.__version__ == metadata.version("natocc"),
    "same": NatOcc is Same,
    "hidden": int(mask.sum()) - int(out["mask"].sum()),
    "by_shape": int(mask.sum()) - int(shape["mask"].sum()),
    "outside": int(np.abs(out["image"].astype(int) - image)[out["alpha"] == 0].max()) < 60,
    "installed": sorted(one.metadata["Name"].lower() for one in metadata.distributions()),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(copy_project(folder / "project"), Environment(Path(sys.prefix)), folder)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = make_environment(tmp_path_factory.mktemp("installed") / "venv", sys.executable)
    constraints = wheel.parent / "project" / "constraints.txt"
    environment.pip("install", "--no-compile", "-c", constraints, wheel)
    return environment


@pytest.fixture()
def repository(tmp_path: Path) -> dict[str, str]:
    """The environment of someone whose own folders have the pipeline's names."""
    for name in FOREIGN:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("WHOSE = 'theirs'\n")
    (tmp_path / "commands" / "main.py").write_text("raise SystemExit('their command')\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'theirs'\n")
    return {"PYTHONPATH": str(tmp_path)}


def test_the_wheel_holds_natocc_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"natocc", "natocc-0.1.0.dist-info"}
    assert "natocc/py.typed" in names
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "AUTHORS"}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "natocc").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    assert not (wheel.parent / "project" / "build").exists(), "where modules that are gone would stay"


def test_it_runs_beside_folders_of_the_same_names(
    installed: Environment, repository: Mapping[str, str], tmp_path: Path
) -> None:
    run = installed.run("-W", "error", "-c", USE, folder=tmp_path, environment=repository)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["foreign"] == ["theirs"] * 3
    assert report["version"] and report["same"] and report["outside"]
    assert report["hidden"] > 0 and report["by_shape"] > 0
    heavy = {"prefect", "fastapi", "torch", "typer", "pyarrow", "fsspec", "albumentations"}
    assert not heavy & set(report["installed"]) and len(report["installed"]) <= 24


@pytest.mark.parametrize("command", [("natocc",), ("python", "-m", "natocc")])
def test_the_command_says_that_the_pipeline_is_not_there(
    command: tuple[str, ...], installed: Environment, repository: Mapping[str, str], tmp_path: Path
) -> None:
    program = [str(installed.folder / "bin" / command[0]), *command[1:]]

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*program, *arguments], cwd=tmp_path, env=dict(repository), capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    assert run("build", "sample") == (
        1,
        "",
        "natocc: only the library is installed; the pipeline runs from a checkout of the project. In one, "
        "and in an\nenvironment of its own, type  pip install -c constraints.txt -e '.[pipeline]'\n",
    )
    assert run("--version") == (0, "natocc 0.1.0\n", "")


def test_a_bank_asks_for_its_extra(
    installed: Environment, bank_url: str, repository: Mapping[str, str]
) -> None:
    code = f"from natocc import load_occluders; load_occluders({bank_url!r})"
    run = installed.run("-c", code, environment=repository)
    assert "run pip install 'natocc[bank]'" in run.stderr and run.returncode == 1
