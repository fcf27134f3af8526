from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.main import app


def test_an_unwritable_folder_exits_1_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = CliRunner().invoke(
        app, ["sample", "--out", str(tmp_path / "raw"), "--cache", str(tmp_path / "file/cache")]
    )
    assert done.exit_code == 1
    assert "Not a directory" in done.output
    assert len(done.output.splitlines()) == 1


def test_a_wrong_tier_lists_the_tiers_and_exits_2(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sample", "--dest", str(tmp_path / "raw"), "--tier", "tiny"])
    assert done.exit_code == 2
    assert "'tiny' is not one of" in done.output
