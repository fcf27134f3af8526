"""The cache of photographs, outside git: one file each, named by its sha256."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.demo.catalogue import PhotoSource
from shards import storage


def default_cache() -> Path:
    """``$NATOCC_CACHE``, else ``~/.cache/natocc``."""
    named = os.environ.get("NATOCC_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "natocc"


@dataclass(frozen=True, slots=True)
class PhotoCache:
    """Files of packages by content. A cached file is not fetched again."""

    folder: Path

    def path(self, source: PhotoSource) -> Path:
        """``<sha256>.<extension of the file in the package>``."""
        extension = PurePosixPath(source.path).suffix.lower()
        return self.folder / f"{source.sha256}{extension}"

    def has(self, source: PhotoSource) -> bool:
        return self.path(source).is_file()

    def put(self, source: PhotoSource, data: bytes) -> None:
        """Keep the file. Raises ValueError if its hash differs from the catalogue's."""
        self._check(source, data)
        storage.write_bytes(str(self.path(source)), data)

    def read(self, source: PhotoSource) -> bytes:
        """The file's bytes, verified again, since a cached file may have been damaged."""
        data = self.path(source).read_bytes()
        self._check(source, data)
        return data

    def _check(self, source: PhotoSource, data: bytes) -> None:
        got = storage.sha256_bytes(data)
        if got != source.sha256:
            raise ValueError(
                f"{source}: expected sha256 {source.sha256}, got {got}; "
                f"delete {self.path(source)} if it is there, and fetch again"
            )
