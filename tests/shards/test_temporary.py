from __future__ import annotations

import os
from pathlib import Path

import pytest

from shards.temporary import new_temporary, remove_abandoned


def test_what_a_writer_holds_stays_and_what_none_holds_goes(tmp_path: Path) -> None:
    (tmp_path / ".partial-dead").touch()
    (tmp_path / "file").touch()
    handle, alive = new_temporary(tmp_path)
    remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {alive.name, "file"}
    os.close(handle)
    remove_abandoned(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_missing_has_none(tmp_path: Path) -> None:
    remove_abandoned(tmp_path / "missing")


@pytest.mark.timeout(20)
def test_what_is_no_file_is_neither_waited_for_nor_removed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".partial-pipe")
    (tmp_path / ".partial-folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / ".partial-link").symlink_to(tmp_path / "file")
    (tmp_path / ".partial-dead").touch()
    remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        ".partial-pipe",
        ".partial-folder",
        ".partial-link",
        "file",
    }
