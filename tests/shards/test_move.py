from __future__ import annotations

from pathlib import Path

import pytest

from shards import storage
from shards.move import link_or_copy


def test_a_file_gets_a_second_name_without_a_copy(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "b").write_bytes(b"another")
    for name in ("b", "folder/c"):
        link_or_copy(str(tmp_path / "a"), str(tmp_path / name))
        assert (tmp_path / name).samefile(tmp_path / "a")


def test_what_cannot_be_linked_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "symbolic").symlink_to(tmp_path / "a")
    link_or_copy(str(tmp_path / "symbolic"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == b"content" and not (tmp_path / "b").samefile(tmp_path / "a")

    def refused(*paths: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refused)
    link_or_copy(str(tmp_path / "a"), str(tmp_path / "c"))
    assert (tmp_path / "c").read_bytes() == b"content" and not (tmp_path / "c").samefile(tmp_path / "a")


def test_elsewhere_and_between_storages_it_is_copied(tmp_path: Path) -> None:
    storage.write_bytes("memory://move/a", b"content")
    link_or_copy("memory://move/a", "memory://move/b")
    link_or_copy("memory://move/a", str(tmp_path / "a"))
    assert storage.read_bytes("memory://move/b") == (tmp_path / "a").read_bytes() == b"content"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        link_or_copy(str(tmp_path / "a"), str(tmp_path / "b"))
