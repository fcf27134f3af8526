from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.optional_packages
from commands.main import app
from tests.harmonizer_photos import photo_folders

SMALL = [
    "--width",
    "2",
    "--steps",
    "1",
    "--batch",
    "1",
    "--views",
    "1",
    "--adversarial",
    "0",
    "--device",
    "cpu",
]


def test_it_prints_the_errors_and_where_the_files_are(tmp_path: Path) -> None:
    photos, masks = photo_folders(tmp_path)
    (tmp_path / "masks/2.png").unlink()
    run = ["--photos", photos, "--masks", masks, "--out", str(tmp_path / "run"), *SMALL]
    result = CliRunner().invoke(app, ["train-harmoniser", *run])
    assert result.exit_code == 0, result.output
    for word in ("composite", "statistics", "network, mapping", "fmse"):
        assert word in result.output
    assert f"left out: {photos}: expected a mask of the same name, got none for 1 (2.jpg)" in result.output
    assert "trained 1 step on 2 pictures; scored on 1 held out" in result.output
    assert str(tmp_path / "run/harmonizer.safetensors") in result.output
    again = CliRunner().invoke(app, ["train-harmoniser", *run])
    assert "trained 1 step, 1 of them before, on 2 pictures" in again.output


def test_impossible_options_are_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["train-harmoniser", "--bank", str(tmp_path), "--out", str(tmp_path / "run")]
    )
    assert result.exit_code == 2 and "--bank: expected a bank (bank.json in it), got none" in result.output
    result = CliRunner().invoke(app, ["train-harmoniser", "--out", str(tmp_path / "run"), "--size", "100"])
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        "error: --size: expected a multiple of 256, got 100",
        "error: --bank, --photos, --iharmony4: expected one of them at least, got none",
    ]


def test_a_missing_extra_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        models.optional_packages, "find_spec", lambda name: None if name == "lightning" else object()
    )
    result = CliRunner().invoke(app, ["train-harmoniser", "--out", str(tmp_path / "run")])
    assert result.exit_code == 1
    assert result.output.startswith(
        "error: natocc train-harmoniser: expected the packages of the extra networks"
    )
