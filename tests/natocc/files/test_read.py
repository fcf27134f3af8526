"""Special and oversized files in place of a user's: refused at once, by what they are."""

from __future__ import annotations

import os
import pickle
import socket
from pathlib import Path

import pytest

from natocc.files.read import (
    Bounds,
    UnfitFile,
    bounds,
    check_pixels,
    hash_file,
    hash_if_readable,
    is_there,
    leads_to_folder,
    open_file,
    read_picture_bytes,
    read_table_bytes,
    read_within,
    use_bounds,
    what_is,
)
from natocc.files.text import read_text


def special(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "it"
    if kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(str(path))
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", ["a named pipe", "a socket", "a device", "a folder"])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path, kind: str) -> None:
    path = special(tmp_path, kind)
    assert is_there(path)
    for read in (read_picture_bytes, read_table_bytes, read_text, hash_file):
        with pytest.raises(UnfitFile) as caught:
            read(path)
        assert caught.value.got == kind and str(path) in str(caught.value)
    assert hash_if_readable(path) == ""


def test_a_file_behind_a_link_is_read_and_a_loop_or_a_dangling_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert read_picture_bytes(tmp_path / "link") == b"content"
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("loop", "dangling"):
        assert is_there(tmp_path / name)
        with pytest.raises(OSError, match=name):
            read_text(tmp_path / name)


@pytest.mark.parametrize("kind", ["a named pipe", "a socket", "a device", "a folder"])
def test_a_path_says_what_it_is(tmp_path: Path, kind: str) -> None:
    assert what_is(special(tmp_path, kind)) == kind
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    assert what_is(tmp_path / "dangling") == "a link to nothing"
    assert "symbolic links" in what_is(tmp_path / "loop")
    assert what_is(tmp_path / "gone") == "No such file or directory"
    assert what_is(__file__) == ""
    entries = {entry.name: leads_to_folder(entry) for entry in os.scandir(tmp_path)}
    assert entries == {"it": kind == "a folder", "dangling": False, "loop": False}


def test_a_name_that_no_file_can_have_is_an_error() -> None:
    with pytest.raises(UnfitFile, match="got a name with a NUL character"):
        read_text(Path("a\0b"))
    assert what_is("a\0b") == "a name with a NUL character"


def test_a_file_has_at_most_the_stated_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert read_within(path, 5) == b"12345"
    with pytest.raises(UnfitFile, match="expected at most 4 bytes, got 5 bytes"):
        read_within(path, 4)
    with path.open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(UnfitFile, match="expected at most 64 MiB, got 1048576 MiB"):
        read_text(path)
    with use_bounds(Bounds(picture_mib=300)), path.open("r+b") as sparse:
        sparse.truncate(257 << 20)
        assert len(read_picture_bytes(path)) == 257 << 20
    with pytest.raises(UnfitFile, match="expected at most 256 MiB, got 257 MiB"):
        read_picture_bytes(path)


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="no /proc")
def test_a_file_that_holds_more_than_its_size_says_is_bounded_too() -> None:
    assert read_within("/proc/self/mountinfo", 1 << 20)
    with pytest.raises(UnfitFile, match="expected at most 10 bytes, got 11 bytes"):
        read_within("/proc/self/mountinfo", 10)


def test_bounds_hold_in_their_block_alone() -> None:
    assert check_pixels(10_000, 10_000) == ""
    assert check_pixels(10_000, 10_001) == "10000x10001 pixels, more than 100 million"
    with use_bounds(Bounds(megapixels=1)):
        assert bounds().megapixels == 1 and check_pixels(1000, 1001)
    assert bounds() == Bounds()


def test_the_error_of_a_worker_comes_back_whole() -> None:
    error = UnfitFile("a", "b", "c")
    again = pickle.loads(pickle.dumps(error))
    assert (again.path, again.expected, again.got, str(again)) == ("a", "b", "c", str(error))


def test_an_open_file_is_closed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1")
    with open_file(tmp_path / "x") as stream:
        assert stream.read() == b"1"
    assert stream.closed
