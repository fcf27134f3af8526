"""One builder of a version at a time, and the end of what dead builders left."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress

from shards import storage
from shards.lock import lock, lock_if_free
from shards.measure import measure_folder, storage_time
from tasks.build.reuse import STAGING

# The beginning of a lock's name in a dataset's folder; the version follows.
LOCK_OF_VERSION = ".lock-"
# The shards of an unpublished version are kept for so many days after the last change of one of them.
KEPT_DAYS = 7


def lock_version(dataset_url: str, version: str, *, wait: bool) -> AbstractContextManager[None]:
    """Keep other builders of this version away. Raises InUse if there is one, unless ``wait``."""
    return lock(dataset_url, wait=wait, name=f"{LOCK_OF_VERSION}{version}")


def remove_abandoned_builds(dataset_url: str, built: str) -> None:
    """Remove unpublished shards that nobody builds and old locks, except those of the version ``built``.

    Shards are removed once nothing in their folder has changed for ``KEPT_DAYS``. What can't be removed
    stays, since the version that was built is published already.
    """
    for name in storage.list_names(dataset_url):
        for prefix in (STAGING, LOCK_OF_VERSION):
            version = name.removeprefix(prefix)
            if version not in (name, built):
                with suppress(OSError), lock_if_free(dataset_url, f"{LOCK_OF_VERSION}{version}") as free:
                    shards = storage.join(dataset_url, f"{STAGING}{version}")
                    if free and _days_unchanged(shards) > KEPT_DAYS:
                        storage.remove(shards)


def remove_free_locks(dataset_url: str) -> None:
    """Remove the locks in a dataset's folder whose holders are dead. What can't be removed stays."""
    for name in storage.list_names(dataset_url):
        if name.startswith(LOCK_OF_VERSION):
            # A lock's file goes when it is let go.
            with suppress(OSError), lock_if_free(dataset_url, name):
                pass


def _days_unchanged(url: str) -> float:
    """Days since the last change in a folder, by the storage's clock. Raises OSError if it is gone."""
    return (storage_time(url) - measure_folder(url).changed) / 86400
