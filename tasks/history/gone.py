"""The version at a URL, for readers: they are warned of one that was replaced."""

from __future__ import annotations

import logging

from manifests.dataset import resolve_version
from manifests.history import entry_of, read_history, standing_in_for
from manifests.withdrawn import read_withdrawal_record
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
    if (replaced := _replaced(dataset_url or ".", version)) is not None and place not in _warned:
        _warned.add(place)
        gone, by = replaced
        instead = f"use {by} in its place" if by is not None else "nothing of it is left"
        line = "%s: expected a version to use, got one that was replaced and may be removed after %s; %s"
        logging.getLogger("natocc").warning(line, one_line(place, None), gone, instead)
    return found


def _replaced(dataset_url: str, version: str) -> tuple[str, str | None] | None:
    """The time after which a version may be removed, and what to use; None if it may be used itself."""
    try:
        history = read_history(dataset_url)
    except BadDocument:
        return _recorded(dataset_url, version)
    entry = entry_of(history, version)
    if entry is None or entry.gone is None:
        return None
    by = standing_in_for(history, version)
    return entry.gone, None if by == version else by


def _recorded(dataset_url: str, version: str) -> tuple[str, str | None] | None:
    """As ``withdrawn.json`` says, where the history is damaged; the next build writes that again."""
    try:
        record = read_withdrawal_record(dataset_url)
    except BadDocument as error:
        if dataset_url not in _warned:
            _warned.add(dataset_url)
            logging.getLogger("natocc").warning("%s", error)
        return None
    replaced = record.replaced(version)
    if replaced is None:
        return None
    by, seen = replaced.by, {version}
    while by is not None and by not in seen and (following := record.replaced(by)) is not None:
        seen.add(by)
        by = following.by
    return replaced.gone, by
