"""Local files: what is on disk before what."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shards.local_file import flush_folder, make_folders, replace_whole


@pytest.fixture()
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files and folders that are flushed, in order."""
    found: list[str] = []
    flush = os.fsync

    def watch(handle: int) -> None:
        found.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        flush(handle)

    monkeypatch.setattr(os, "fsync", watch)
    return found


def test_a_name_is_on_disk_before_the_next_file_begins(tmp_path: Path, flushed: list[str]) -> None:
    with replace_whole(tmp_path / "a.bin") as stream:
        stream.write(b"content")
    content, folder = flushed
    assert Path(content).parent == tmp_path and Path(content).name.startswith(".partial-")
    assert folder == str(tmp_path), "after the rename"


def test_new_folders_are_on_disk_too(tmp_path: Path, flushed: list[str]) -> None:
    make_folders(tmp_path / "a" / "b")
    assert flushed == [str(tmp_path), str(tmp_path / "a")]
    make_folders(tmp_path / "a" / "b")
    assert len(flushed) == 2, "an existing folder needs nothing"


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        make_folders(tmp_path / "file" / "a" / "b")
    with pytest.raises(FileExistsError):
        make_folders(tmp_path / "file")


def test_a_folder_that_can_t_be_flushed_is_no_error(tmp_path: Path) -> None:
    flush_folder(Path("/proc/self"))
    with pytest.raises(FileNotFoundError):
        flush_folder(tmp_path / "gone")


def test_a_folder_under_the_name_is_said_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a.bin" / "mine").mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as error, replace_whole(tmp_path / "a.bin") as stream:
        stream.write(b"content")
    assert str(error.value) == (
        f"{tmp_path}/a.bin: expected a file or nothing under this name, got a folder; remove it, and run the same "
        "command again"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"] and (tmp_path / "a.bin" / "mine").is_dir()
