"""One builder of a version at a time, and the end of what dead builders left."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, suppress

from shards import storage
from shards.lock import lock, lock_if_free
from shards.measure import measure_folder
from tasks.build.reuse import STAGING

# The beginning of a lock's name in a dataset's folder; the version follows.
_LOCK = ".lock-"
# The shards of an unpublished version are kept for so many days after the last change of one of them.
KEPT_DAYS = 7


def lock_version(dataset_url: str, version: str, *, wait: bool) -> AbstractContextManager[None]:
    """Keep other builders of this version away. Raises InUse if there is one, unless ``wait``."""
    return lock(dataset_url, wait=wait, name=f"{_LOCK}{version}")


def remove_abandoned_builds(dataset_url: str, built: str) -> None:
    """Remove unpublished shards that nobody builds and old locks, except those of the version ``built``.

    Shards are removed once nothing in their folder has changed for ``KEPT_DAYS``. What can't be removed
    stays, since the version that was built is published already.
    """
    for name in storage.list_names(dataset_url):
        for prefix in (STAGING, _LOCK):
            version = name.removeprefix(prefix)
            if version not in (name, built):
                with suppress(OSError), lock_if_free(dataset_url, f"{_LOCK}{version}") as free:
                    if free and days_unchanged(dataset_url, version) > KEPT_DAYS:
                        storage.remove(storage.join(dataset_url, f"{STAGING}{version}"))


def days_unchanged(dataset_url: str, version: str) -> float:
    """Days since the last change of a version's unpublished shards, while this process holds its lock.

    In a bucket by the server's clock. Raises OSError if they are gone.
    """
    changed = measure_folder(storage.join(dataset_url, f"{STAGING}{version}")).changed
    if storage.is_local(dataset_url):
        return (time.time() - changed) / 86400
    # The lock's object was written just now.
    return (measure_folder(storage.join(dataset_url, f"{_LOCK}{version}")).changed - changed) / 86400
