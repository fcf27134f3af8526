"""The command on a small benchmark."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from commands.main import app
from tests.small_benchmark import small_benchmark


def test_it_prints_scores_comparisons_and_missing_sets_and_goes_on(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    made.change(seeds=[0])
    command = ["benchmark", str(made.file), "--datasets", made.datasets, "--bank", made.bank]
    command += ["--out", str(tmp_path / "out"), "--device", "cpu"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "2 runs, 0 of them before" in done.output and "no test on RealOcc-Wild: " in done.output
    again = CliRunner().invoke(app, [*command, "--json"])
    report = json.loads(again.stdout)
    assert report["runs_before"] == 2 and [row["trained on"] for row in report["scores"]] == ["alone", "both"]
