"""What a dead build left in its output folder, beside the datasets."""

from __future__ import annotations

from contextlib import suppress

from shards import storage
from shards.remote.upload import PARTIAL
from tasks.garbage.leftover import FolderView, Leftover


def find_in_output(view: FolderView, name: str | None = None) -> tuple[list[Leftover], int]:
    """Temporary files in a folder of datasets on this machine, or the one ``name``. No name is of others.

    Each is its own lock, which a live writer holds.
    """
    folder = storage.local_path(view.url)
    found: list[Leftover] = []
    if folder is not None:
        for one in storage.list_names(view.url) if name is None else [name]:
            path = folder / one
            if one.startswith(PARTIAL) and path.is_file() and not path.is_symlink():
                # It may go while it is looked at.
                with suppress(FileNotFoundError):
                    found.append(view.leftover(one, "a temporary file", one))
    return found, 0
