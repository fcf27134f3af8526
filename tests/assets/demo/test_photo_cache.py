from __future__ import annotations

from pathlib import Path

import pytest

from assets.demo.catalogue import PhotoSource
from assets.demo.photo_cache import PhotoCache, default_cache
from assets.packages.package import Package
from shards.storage import sha256_bytes

DATA = b"a photograph"
SOURCE = PhotoSource(
    package=Package(ecosystem="npm", name="faces", version="1.0"),
    path="img.zip!a/B.JPG",
    sha256=sha256_bytes(DATA),
    licence="CC0",
)


def test_a_file_is_kept_under_its_hash(tmp_path: Path) -> None:
    cache = PhotoCache(tmp_path)
    assert not cache.has(SOURCE)
    cache.put(SOURCE, DATA)
    assert cache.has(SOURCE) and cache.read(SOURCE) == DATA
    assert [path.name for path in tmp_path.iterdir()] == [f"{SOURCE.sha256}.jpg"]


def test_other_content_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^faces/1\.0/img\.zip!a/B\.JPG: expected sha256 "):
        PhotoCache(tmp_path).put(SOURCE, b"another")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_an_error_that_says_what_to_delete(tmp_path: Path) -> None:
    cache = PhotoCache(tmp_path)
    cache.put(SOURCE, DATA)
    cache.path(SOURCE).write_bytes(b"damaged")
    with pytest.raises(ValueError, match=f"delete {cache.path(SOURCE)} if it is there, and fetch again"):
        cache.read(SOURCE)


def test_the_folder_comes_from_the_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATOCC_CACHE", "/photos")
    assert default_cache() == Path("/photos")
    monkeypatch.delenv("NATOCC_CACHE")
    assert default_cache() == Path.home() / ".cache/natocc"
