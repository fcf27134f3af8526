"""The command on masks that equal the labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from commands.main import app
from natocc.codecs import encode_png
from tasks.benchmark.sets.open import open_test_sets
from tests.small_version import small_bank


def test_it_prints_scores_and_reports_them(tmp_path: Path) -> None:
    bank, folder = small_bank(str(tmp_path / "bank")), tmp_path / "masks"
    folder.mkdir()
    for picture in open_test_sets(["RealOcc"], bank_url=bank)[0].read():
        (folder / f"{picture.facts.key}.png").write_bytes(encode_png(picture.mask * np.uint8(255)))
    command = ["score", str(folder), "--on", "RealOcc", "--bank", bank]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and "masks on RealOcc, 3 pictures" in done.output, done.output
    report = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert report["counts"] == "" and report["scores"][0]["mean"] == 1
    (folder / "more.png").write_bytes(b"")
    failed = CliRunner().invoke(app, command)
    assert failed.exit_code == 1 and "no picture for more" in failed.output
