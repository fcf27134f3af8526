"""The fsspec file system of a URL."""

from __future__ import annotations

import os

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from natocc.occluders.filesystem import filesystem_of
from shards.remote.errors import clear_errors

# Stores that publish an upload as a whole and have no folders. What they call a bucket is the first part
# of a path.
_OBJECT_STORES = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "b2", "tos", "hf"}
)
# Listings change while workers write, so they are not kept.
_OPTIONS = {name: {"use_listings_cache": False} for name in ("s3", "s3a", "gs", "gcs", "abfs", "az")}
# Packages of the protocols that users ask for; fsspec names those of the others.
_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "pip install -c constraints.txt -e '.[storage]'"),
    **dict.fromkeys(("gs", "gcs"), "pip install gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "pip install adlfs"),
    **dict.fromkeys(("http", "https"), "pip install aiohttp"),
    **dict.fromkeys(("sftp", "ssh"), "pip install paramiko"),
    "hf": "pip install huggingface_hub",
}
# The first request to a bucket has to be answered within this time; later ones are tried again for longer.
_SECONDS = 20


def open_filesystem(url: str) -> tuple[AbstractFileSystem, str]:
    """The file system of a URL, and the path in it. Nothing is read or written.

    Without a protocol it is a local path. "::" in a name does not chain URLs.

    Raises ValueError for an unknown protocol, and for one whose package is missing.
    """
    if "://" not in url:
        return LocalFileSystem(), os.path.abspath(os.path.expanduser(url))  # noqa: PTH100, PTH111
    protocol, _, rest = url.partition("://")
    if protocol.partition("::")[0] not in fsspec.available_protocols():
        raise ValueError(
            f"{url}: expected a path, or a URL such as s3://BUCKET/PATH, got {protocol}://, an unknown one"
        )
    if protocol in _OBJECT_STORES and rest.partition("/")[0] == "":
        raise ValueError(f"{url}: expected {protocol}://BUCKET/PATH, got no bucket")
    options = _OPTIONS.get(protocol, {}) | fsspec.config.conf.get(protocol, {})
    try:
        with clear_errors(url):
            filesystem, path = filesystem_of(url, **options)
    except ImportError as error:
        advice = _PACKAGES.get(protocol, str(error).rstrip("."))
        raise ValueError(f"{url}: expected the package for {protocol}://, got none; {advice}") from error
    return filesystem, path


def is_object_store(filesystem: AbstractFileSystem) -> bool:
    """Whether an upload appears as a whole under its name, and folders do not exist."""
    protocols = filesystem.protocol
    return not _OBJECT_STORES.isdisjoint((protocols,) if isinstance(protocols, str) else protocols)


_reached: set[tuple[object, ...]] = set()


def require_bucket(filesystem: AbstractFileSystem, path: str, url: str) -> None:
    """Raise OSError if the bucket of an object store does not exist or does not answer in time.

    It is asked once in a process. A bucket whose listing is refused counts as existing, since its objects
    may still be allowed.
    """
    bucket = path.lstrip("/").partition("/")[0]
    # A file system of fsspec belongs to a process.
    key = (os.getpid(), type(filesystem), str(filesystem.storage_options), bucket)
    if not is_object_store(filesystem) or filesystem.protocol == "hf" or key in _reached:
        return
    try:
        with clear_errors(url):
            filesystem.info(bucket, timeout=_SECONDS)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{url}: expected the bucket {bucket}, got none of this name; correct the name, or create it"
        ) from error
    except PermissionError:
        pass
    _reached.add(key)
