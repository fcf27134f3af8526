"""The version at a URL, for readers: they are warned of one that was replaced."""

from __future__ import annotations

import logging

from manifests.dataset import resolve_version
from manifests.history import entry_of, read_history, standing_in_for
from natocc.document import BadDocument
from natocc.files.show import one_line
from shards import storage

# Versions that readers have been warned of.
_warned: set[str] = set()


def resolve_readable(url: str, *, alternative: str = "") -> str:
    """As ``resolve_version``, with a warning, once, for a version that readers should not use any more."""
    found = resolve_version(url, alternative=alternative)
    place = storage.join(found)
    dataset_url, _, version = place.rpartition("/")
    try:
        history = read_history(dataset_url or ".")
    except BadDocument:
        # The next build names it and writes it again.
        history = ()
    entry = entry_of(history, version)
    if entry is not None and entry.gone is not None and place not in _warned:
        _warned.add(place)
        by = standing_in_for(history, version)
        instead = f"use {by} in its place" if by != version else "nothing of it is left"
        line = "%s: expected a version to use, got one that was replaced and may be removed after %s; %s"
        logging.getLogger("natocc").warning(line, one_line(place, None), entry.gone, instead)
    return found
