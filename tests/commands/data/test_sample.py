from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.main import app


def test_a_file_in_the_way_of_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = CliRunner().invoke(
        app, ["sample", "--out", str(tmp_path / "raw"), "--cache", str(tmp_path / "file/cache")]
    )
    assert done.exit_code == 2
    assert done.output == f"error: --cache: expected a folder or a new name, got the file {tmp_path}/file\n"


def test_a_wrong_tier_lists_the_tiers_and_exits_2(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sample", "--dest", str(tmp_path / "raw"), "--tier", "tiny"])
    assert done.exit_code == 2
    assert done.output == "error: --tier: expected pypi, small or full, got 'tiny'\n"
