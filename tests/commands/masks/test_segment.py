from __future__ import annotations

from pathlib import Path

import skimage.data
from typer.testing import CliRunner

from commands.main import app
from natocc.codecs import encode_jpeg
from tests.commands.documented import documented, report_of
from tests.tasks.infer.checkpoints import checkpoint


def test_it_reports_masks_and_ends_with_1_for_a_broken_picture(tmp_path: Path) -> None:
    face = tmp_path / "face.jpg"
    face.write_bytes(encode_jpeg(skimage.data.astronaut()))
    words = ("segment", face, "--checkpoint", checkpoint(tmp_path), "--out", tmp_path / "out")
    report = report_of(*words)
    assert report.keys() == set(documented()["segment"][0])
    assert list(report["masks"]) == [str(tmp_path / "out/face.png")] and report["problems"] == []
    (tmp_path / "bad.jpg").write_bytes(b"x")
    done = CliRunner().invoke(app, [*map(str, words), str(tmp_path / "bad.jpg")])
    assert done.exit_code == 1 and "bad.jpg: expected a picture, got" in done.stderr
