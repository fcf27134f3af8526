from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from commands.data.sample import sample


def test_an_unwritable_folder_exits_1_with_one_line(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(sample)
    (tmp_path / "file").write_text("in the way")
    done = CliRunner().invoke(app, ["--dest", str(tmp_path / "raw"), "--cache", str(tmp_path / "file/cache")])
    assert done.exit_code == 1
    assert "Not a directory" in done.output
    assert len(done.output.splitlines()) == 1


def test_a_wrong_tier_exits_1_with_one_line(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(sample)
    done = CliRunner().invoke(app, ["--dest", str(tmp_path / "raw"), "--tier", "tiny"])
    assert done.exit_code == 1
    assert done.output == "tier: expected one of pypi, small, full, got 'tiny'\n"
