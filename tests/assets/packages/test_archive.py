from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from assets.packages import archive
from assets.packages.archive import pick
from shards.storage import sha256_bytes


def wheel(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return path


def tarball(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as opened:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize(("make", "name"), [(wheel, "a.whl"), (tarball, "a.tgz")])
def test_files_are_found_by_hash_wherever_their_name_lies(tmp_path: Path, make: object, name: str) -> None:
    path = make(tmp_path / name, {"old/a.jpg": b"other", "new/place/a.jpg": b"wanted", "b.jpg": b"b"})  # type: ignore[operator]
    wanted = {sha256_bytes(b"wanted"): "old/a.jpg", sha256_bytes(b"absent"): "c.jpg"}
    assert pick(path, wanted) == {sha256_bytes(b"wanted"): b"wanted"}


def test_an_entry_of_a_zip_in_the_archive_is_read(tmp_path: Path) -> None:
    inner = wheel(tmp_path / "inner.zip", {"x/b.jpg": b"wanted", "y.jpg": b"other"}).read_bytes()
    path = tarball(tmp_path / "a.tgz", {"package/inner.zip": inner})
    wanted = {sha256_bytes(b"wanted"): "inner.zip!x/b.jpg"}
    assert pick(path, wanted) == {sha256_bytes(b"wanted"): b"wanted"}


def test_members_too_large_for_a_photograph_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 5)
    for path in (wheel(tmp_path / "a.whl", {"a": b"123456"}), tarball(tmp_path / "a.tgz", {"a": b"123456"})):
        assert pick(path, {sha256_bytes(b"123456"): "a"}) == {}


@pytest.mark.parametrize(("name", "error"), [("a.whl", zipfile.BadZipFile), ("a.tgz", OSError)])
def test_a_broken_archive_is_an_error(tmp_path: Path, name: str, error: type[Exception]) -> None:
    (tmp_path / name).write_bytes(b"no archive")
    with pytest.raises(error):
        pick(tmp_path / name, {"0": "a"})
