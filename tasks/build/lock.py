"""One builder of a version at a time, and the end of what dead builders left."""

from __future__ import annotations

from contextlib import AbstractContextManager

from shards import storage
from shards.lock import lock, lock_if_free
from tasks.build.reuse import STAGING

# The beginning of a lock's name in a dataset's folder; the version follows.
_LOCK = ".lock-"


def lock_version(dataset_url: str, version: str, *, wait: bool) -> AbstractContextManager[None]:
    """Keep other builders of this version away. Raises InUse if there is one, unless ``wait``."""
    return lock(dataset_url, wait=wait, name=f"{_LOCK}{version}")


def remove_abandoned_builds(dataset_url: str, built: str) -> None:
    """Remove the unpublished shards of other versions than ``built`` that nobody builds, and old locks."""
    if not storage.is_local(dataset_url):
        return
    for name in storage.list_names(dataset_url):
        for prefix in (STAGING, _LOCK):
            version = name.removeprefix(prefix)
            if version not in (name, built):
                with lock_if_free(dataset_url, f"{_LOCK}{version}") as free:
                    if free:
                        storage.remove(storage.join(dataset_url, f"{STAGING}{version}"))
