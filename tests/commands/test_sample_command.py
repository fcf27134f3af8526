from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from commands.sample import sample


def test_a_wrong_tier_exits_1_with_one_line(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(sample)
    done = CliRunner().invoke(app, ["--dest", str(tmp_path / "raw"), "--tier", "tiny"])
    assert done.exit_code == 1
    assert done.output == "tier: expected one of pypi, small, full, got 'tiny'\n"
