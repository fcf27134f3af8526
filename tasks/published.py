"""Whether an output would lie in a version or a bank, whose files are those of its index alone."""

from __future__ import annotations

import os
from pathlib import Path


def published_around(path: Path, *, own: str = "") -> str | None:
    """The problem of an output in a version, in a bank or below one.

    ``own``: the index of what may lie at ``path`` itself, since the output replaces it.
    """
    from manifests.dataset import DATASET_INDEX
    from natocc.occluders.bank_files import BANK_INDEX

    # A link in a version leads elsewhere, and a link elsewhere may lead into one.
    place = Path(os.path.realpath(path))
    for folder in (place, *place.parents):
        for index, what in ((DATASET_INDEX, "version"), (BANK_INDEX, "bank")):
            # Path's own raises where a name is too long or a folder is closed.
            if os.path.isfile(folder / index) and not (folder == place and index == own):  # noqa: PTH113
                return (
                    f"expected a place outside of versions and banks, got {path} in the {what} {folder}; "
                    "name another"
                )
    return None
