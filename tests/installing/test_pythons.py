"""Library and pipeline on other versions of Python than the one that `make test` runs on."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.installing.environments import (
    Environment,
    build_wheel,
    clean_environment,
    copy_project,
    make_environment,
)

# BasicSR, against which networks are compared, has no installation on 3.13: networks are tested on 3.11.
VERSIONS = ("3.12", "3.13")
TESTED = ["tests/natocc", "tests/manifests", "tests/shards"]
# They need torch, which is tested on 3.11 alone.
OF_TORCH = ("tests/natocc/transforms/test_in_pipelines.py", "tests/manifests/test_code_identity.py")
TOOLS = ["hypothesis", "matplotlib", "pytest<9.2", "pytest-timeout", "pytest-xdist", "webdataset"]

pytestmark = [pytest.mark.pythons, pytest.mark.timeout(3600)]


def interpreter(version: str) -> str | None:
    """One that runs: a program of that name may be a stand-in that leads nowhere."""
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for program in (shutil.which(f"python{version}"), *map(str, pyenv)):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        if program is not None:
            run = subprocess.run([program, "-c", code], capture_output=True, text=True)
            if run.stdout.strip() == version:
                return program
    return None


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    found = interpreter(request.param)
    if found is None:
        pytest.skip(f"python{request.param} is not on this machine")
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def pipeline(python: str, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = make_environment(tmp_path_factory.mktemp("pipeline") / "venv", python)
    environment.pip(
        "install", "-c", project / "constraints.txt", "-e", f"{project}[oracles,pipeline]", *TOOLS
    )
    return environment


def test_the_wheel_s_library_runs(python: str, project: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv", python)
    wheel = build_wheel(project, environment, tmp_path)
    environment.pip("install", "-c", project / "constraints.txt", wheel)
    code = "import numpy as np, natocc; from natocc.codecs import *; p = np.zeros((9, 9), np.uint8); "
    run = environment.run("-W", "error", "-c", f"{code} print(decode_plane(encode_png(p)).sum())")
    assert (run.returncode, run.stdout) == (0, "0\n"), run.stderr


def test_the_pipeline_builds(pipeline: Environment, project: Path, tmp_path: Path) -> None:
    script = "from pathlib import Path; from benchmarks.inputs import write_bank; write_bank(Path('bank'))"
    pipeline.run("-c", script, folder=tmp_path)
    build = [str(pipeline.folder / "bin" / "natocc"), "build", "sample", "--bank", "bank", "--out", "out"]
    done = subprocess.run(build, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    version = json.loads((tmp_path / "out" / "sample" / "latest.json").read_text())["version"]
    told = json.loads((tmp_path / "out" / "sample" / version / "dataset.json").read_text())
    assert told["counts"]["kept"] > 0 and told["counts"]["failed"] == 0


def test_the_library_s_tests_pass(pipeline: Environment, project: Path) -> None:
    run = pipeline.run("-m", "pytest", *TESTED, *(f"--ignore={path}" for path in OF_TORCH), folder=project)
    assert run.returncode == 0, run.stdout[-5000:]
