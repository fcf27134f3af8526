from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.optional_packages
from commands.main import app
from tests.upscaler_training import TINY, photographs

SMALL = [
    part
    for name, value in TINY.items()
    if name != "train_prior"
    for part in (f"--{name.replace('_', '-')}", str(value))
]


def test_it_prints_the_figures_what_was_left_out_and_where_the_weights_are(tmp_path: Path) -> None:
    folder = photographs(tmp_path / "photos")
    for number in range(12):
        (tmp_path / "photos" / f"notes-{number:02d}.txt").write_text("no photograph", encoding="utf-8")
    run = ["--out", str(tmp_path / "run"), "--photos", folder, "--train-bank", *SMALL]
    result = CliRunner().invoke(app, ["train-upscaler", *run])
    assert result.exit_code == 0, result.output
    assert "bicubic psnr" in result.output and "held out" in result.output
    assert (
        "notes-09.txt: expected a photograph (.bmp, .jpeg, .jpg, .png, .webp), got another file"
        in result.output
    )
    assert "notes-10.txt" not in result.output
    assert f"and 2 more files, named in {tmp_path}/run/metrics.json" in result.output
    assert "prior: none was given: trained along from the seed; perceptual loss: left out" in result.output
    assert "trained 2 steps on 3 photographs" in result.output
    assert f"{tmp_path}/run/upscaler.safetensors" in result.output

    again = CliRunner().invoke(app, ["train-upscaler", *run])
    assert "trained 2 steps, 2 of them before, on 3 photographs" in again.output


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [],
            "--prior-weights, --train-prior: expected the name or file of a StyleGAN2 (natocc weights list names",
        ),
        (
            ["--train-bank", "--bank", "b"],
            "--photos, --bank: expected either --photos DIR or --bank URL, got both",
        ),
        (
            ["--train-bank", "--photos", "nowhere"],
            "--photos: expected a folder of photographs, got none at nowhere",
        ),
        (["--train-bank", "--perceptual", "vgg19"], "--perceptual: expected vgg16 or 0, got 'vgg19'"),
        (
            ["--train-bank", "--out-size", "64"],
            "expected photographs of 64 pixels a side at least, found none; 4",
        ),
    ],
)
def test_impossible_options_are_one_line(tmp_path: Path, changes: list[str], message: str) -> None:
    run = ["--out", str(tmp_path / "run"), "--photos", photographs(tmp_path / "photos"), *SMALL, *changes]
    result = CliRunner().invoke(app, ["train-upscaler", *run])
    # Photographs are opened in a second round.
    assert result.exit_code == (1 if "64" in changes else 2)
    assert message in result.output and "Traceback" not in result.output
    assert not (tmp_path / "run").exists()


def test_a_missing_extra_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        models.optional_packages, "find_spec", lambda name: None if name == "lightning" else object()
    )
    result = CliRunner().invoke(app, ["train-upscaler", "--out", str(tmp_path / "run"), "--train-bank"])
    assert result.exit_code == 1
    assert result.output == (
        "error: natocc train-upscaler: expected the packages of the extra networks, lightning not installed; "
        "run pip install -c constraints.txt -e '.[networks]'\n"
    )
