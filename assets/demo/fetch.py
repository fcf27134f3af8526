"""Bring the demo photographs into the cache, from installed packages or with the package clients."""

from __future__ import annotations

import importlib.metadata
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock

from assets.demo.catalogue import PhotoSource
from assets.demo.photo_cache import PhotoCache
from assets.packages.archive import pick
from assets.packages.clients import FetchError, fetch_archive
from assets.packages.package import Package
from shards.storage import sha256_bytes

Say = Callable[[str], None]
_OnProgress = Callable[[int, int | None], None]
PARALLEL = 6


def fetch_packages(
    sources: Iterable[PhotoSource],
    cache: PhotoCache,
    say: Say,
    on_progress: _OnProgress = lambda done, total: None,
) -> dict[Package, str]:
    """Fill the cache with these files; returns errors by package, in order.

    Packages that are wholly cached or installed are not requested. A package counts as fetched only when each
    of its files was found with the sha256 in the catalogue. ``on_progress`` is called with the number of
    finished packages and the number of all packages.
    """
    wanted: dict[Package, dict[str, PhotoSource]] = {}
    for source in sources:
        if not cache.has(source) and not _take_installed(source, cache):
            wanted.setdefault(source.package, {})[source.sha256] = source
    packages = sorted(wanted)
    turn = Lock()

    def say_in_turn(line: str) -> None:
        with turn:
            say(line)

    on_progress(0, len(packages))
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        futures = [pool.submit(_fetch_package, p, wanted[p], cache, say_in_turn) for p in packages]
        try:
            for done, _ in enumerate(as_completed(futures), 1):
                on_progress(done, len(packages))
        except BaseException:
            # A signal: what has not begun is left.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    outcomes = [future.result() for future in futures]
    return {package: problem for package, problem in zip(packages, outcomes, strict=True) if problem}


def _fetch_package(
    package: Package, sources: dict[str, PhotoSource], cache: PhotoCache, say: Say
) -> str | None:
    say(f"fetching {package}")
    with tempfile.TemporaryDirectory(prefix="natocc-") as folder:
        try:
            archive = fetch_archive(package, Path(folder))
            size = archive.stat().st_size / 1e6
            found = pick(archive, {digest: source.path for digest, source in sources.items()})
        except FetchError as error:
            return str(error)
        except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
            return f"{package}: expected a whole archive, got {error}; run again"
    for digest, data in found.items():
        cache.put(sources[digest], data)
    lost = sorted(source.path for digest, source in sources.items() if digest not in found)
    if lost:
        return (
            f"{package}: expected {lost[0]} with sha256 {_digest_of(lost[0], sources)}, got an archive "
            f"without it ({len(lost)} of {len(sources)} files missing); the registry serves other content"
        )
    say(f"fetched {package}: {size:.1f} MB, pictures taken: {len(found)}")
    return None


def _digest_of(path: str, sources: dict[str, PhotoSource]) -> str:
    return next(digest for digest, source in sources.items() if source.path == path)


def _take_installed(source: PhotoSource, cache: PhotoCache) -> bool:
    """Copy the file from an installed package if its hash matches."""
    if source.package.ecosystem != "pypi-wheel":
        return False
    try:
        located = importlib.metadata.distribution(source.package.name).locate_file(source.path)
    except importlib.metadata.PackageNotFoundError:
        return False
    path = Path(str(located))
    if not path.is_file():
        return False
    data = path.read_bytes()
    if sha256_bytes(data) != source.sha256:
        return False
    cache.put(source, data)
    return True
