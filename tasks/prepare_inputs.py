"""What a bank is made from, as hashes: every raw file's content, the options and the code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from manifests.lineage import PREPARE, code_version, digest, library_versions
from shards import storage


def hash_files(raw: Path, folders: Iterable[str], threads: int) -> dict[str, str]:
    """sha256 of every file under these folders of ``raw``, by path relative to it, in order of path."""
    paths = [path for folder in folders for path in _files(raw / folder)]
    with ThreadPoolExecutor(threads) as pool:
        hashes = pool.map(lambda path: storage.sha256_of(str(path)), paths)
        return {path.relative_to(raw).as_posix(): found for path, found in zip(paths, hashes, strict=True)}


def fingerprint(files: dict[str, str], objects: str | tuple[int, ...], upscaler: str) -> str:
    """Equal for equal inputs, options, code and libraries."""
    return digest([sorted(files.items()), objects, upscaler, code_version(PREPARE), library_versions()])


def _files(folder: Path) -> Iterator[Path]:
    """Every file, through links to folders too: datasets are often linked into place."""
    seen: set[str] = set()
    for where, inner, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            inner.clear()
            continue
        seen.add(real)
        inner.sort()
        yield from (path for path in (Path(where, name) for name in sorted(names)) if path.is_file())
