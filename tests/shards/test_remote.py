"""Storage that is no local folder: whole files, and a folder's final name."""

from __future__ import annotations

from collections.abc import Iterator

import fsspec
import pytest

from shards import storage
from shards.move import move_folder

ROOT = "memory://bucket"


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    yield
    fsspec.filesystem("memory").rm("/bucket", recursive=True)


def test_a_file_that_is_not_finished_does_not_appear() -> None:
    storage.write_bytes(f"{ROOT}/other", b"x")
    with pytest.raises(RuntimeError), storage.write_whole(f"{ROOT}/half") as stream:
        stream.write(b"half")
        raise RuntimeError
    assert storage.list_names(ROOT) == ["other"]


def test_a_range_of_a_file_ends_with_it() -> None:
    storage.write_bytes(f"{ROOT}/file", b"0123456789")
    assert storage.read_range(f"{ROOT}/file", 2, 3) == b"234"
    assert storage.read_range(f"{ROOT}/file", 8, 5) == b"89"
    assert storage.read_range(f"{ROOT}/file", 8, None) == b"89"
    with pytest.raises(FileNotFoundError):
        storage.read_range(f"{ROOT}/other", 0, 1)


def test_sizes_and_hashes() -> None:
    storage.write_bytes(f"{ROOT}/file", b"0123456789")
    assert storage.size_of(f"{ROOT}/file") == 10
    assert storage.sha256_of(f"{ROOT}/file") == storage.sha256_bytes(b"0123456789")
    assert not storage.is_local(ROOT)


def test_a_folder_moves_with_its_index_last(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("index", "a", "z", "rows/a"):
        storage.write_bytes(f"{ROOT}/staging/{name}", name.encode())
    found: list[str] = []
    filesystem = fsspec.filesystem("memory")
    copy = filesystem.cp_file

    def watched(source: str, target: str) -> None:
        found.extend(name for name in storage.list_names(f"{ROOT}/final") if name not in found)
        copy(source, target)

    monkeypatch.setattr(filesystem, "cp_file", watched)
    move_folder(f"{ROOT}/staging", f"{ROOT}/final", last="index", without="rows")
    assert [name for name in found if not name.startswith(".")] == ["a", "z"], "the index came last"
    assert storage.list_names(f"{ROOT}/final") == ["a", "index", "z"]
    assert storage.list_names(f"{ROOT}/staging") == []
