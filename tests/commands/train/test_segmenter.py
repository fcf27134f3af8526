from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.optional_packages
from commands.main import app
from tests.small_version import small_bank, small_version


def test_it_prints_the_figures_and_where_the_weights_are(tmp_path: Path) -> None:
    version, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "b"), real=0)
    run = ["--out", str(tmp_path / "run"), "--size", "16", "--steps", "1", "--batch", "2"]
    result = CliRunner().invoke(app, ["train-segmenter", version, "--bank", bank, *run])
    assert result.exit_code == 0, result.output
    assert "held-out synthetic" in result.output
    assert f"note: no test on RealOcc: {bank} has none of its faces" in result.output
    assert "trained 1 step on 7 pictures of version v" in result.output
    assert str(tmp_path / "run" / "segmenter.pt") in result.output


def test_a_url_without_a_version_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train-segmenter", str(tmp_path), "--out", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert result.output.startswith("error: VERSION: expected a version (dataset.json in it) or a dataset")
    assert len(result.output.splitlines()) == 1


def test_a_missing_extra_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        models.optional_packages, "find_spec", lambda name: None if name == "lightning" else object()
    )
    result = CliRunner().invoke(app, ["train-segmenter", str(tmp_path), "--out", str(tmp_path / "run")])
    assert result.exit_code == 1
    assert result.output == (
        "error: natocc train-segmenter: expected the packages of the extra networks, lightning not installed; "
        "run pip install -c constraints.txt -e '.[networks]'\n"
    )
