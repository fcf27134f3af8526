"""The fsspec file system of a URL, whose path may hold "::"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

# Protocols of files within other files or URLs, which "::" joins.
_WITHIN = frozenset(
    {"blockcache", "cached", "dir", "filecache", "libarchive", "reference", "simplecache", "tar", "zip"}
)


def filesystem_of(url: str, **options: Any) -> tuple[AbstractFileSystem, str]:
    """The file system of a URL with a protocol, and the path in it.

    "::" chains URLs after the protocols of files within others alone; elsewhere it is part of a name. Raises
    what fsspec raises: ValueError for an unknown protocol, ImportError if its package is missing.
    """
    import fsspec

    protocol, _, rest = url.partition("://")
    if "::" not in rest or not _WITHIN.isdisjoint(protocol.split("::")):
        filesystem, path = fsspec.core.url_to_fs(url, **options)
        return filesystem, path
    kind = fsspec.get_filesystem_class(protocol)
    from_url = kind._get_kwargs_from_urls(url)
    return fsspec.filesystem(protocol, **from_url | options), kind._strip_protocol(url)
