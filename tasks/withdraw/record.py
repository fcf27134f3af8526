"""The dataset's own record of a withdrawal, and the end of unpublished shards that hold the input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assets.text.withdrawals import Withdrawal
from manifests.dataset import read_shard_record
from manifests.history import read_history, standing_in_for
from manifests.rows import BadRows, decode_rows
from manifests.withdrawn import ReplacedVersion, WithdrawnInput, add_to_withdrawal_record
from natocc.document import BadDocument
from shards import storage
from shards.lock import find_holder, lock_if_free
from tasks.build.lock import LOCK_OF_VERSION
from tasks.build.publish.staged import NotAsRecorded, read_staged_rows
from tasks.build.reuse import STAGING
from tasks.history.banned import Bans, bans_of
from tasks.render.shard import ROWS


def record_withdrawal(dataset_url: str, rows: Iterable[Withdrawal], *, wait: bool = False) -> None:
    """Write the rows of a ban into a dataset's record, and what its history says of replaced versions."""
    inputs = (WithdrawnInput(what=row.what, name=row.name, input=row.input, date=row.date) for row in rows)
    history = read_history(dataset_url)
    versions = [
        ReplacedVersion(version=entry.version, by=None if by == entry.version else by, gone=entry.gone)
        for entry in history
        if entry.gone and (by := standing_in_for(history, entry.version))
    ]
    add_to_withdrawal_record(dataset_url, inputs, versions, wait=wait)


def remove_unpublished(dataset_url: str) -> tuple[str, ...]:
    """Remove unpublished shards of a dataset that hold withdrawn inputs, or whose rows can't be read.

    Returns a remark on each folder that a running build uses, which cannot be published any more.
    """
    bans = bans_of(dataset_url)
    remarks = []
    for name in storage.list_names(dataset_url):
        if name.startswith(STAGING):
            lock = f"{LOCK_OF_VERSION}{name.removeprefix(STAGING)}"
            folder = storage.join(dataset_url, name)
            with lock_if_free(dataset_url, lock) as free:
                if free:
                    _remove_files(folder, bans)
                    continue
            holder = find_holder(dataset_url, lock) or "another run"
            remarks.append(
                f"{folder}: may hold the input; it is in use by {holder}; run the same command again when "
                "that has ended"
            )
    return tuple(remarks)


def _remove_files(folder: str, bans: Bans) -> None:
    """Remove all files of an unpublished version but finished shards that hold nothing withdrawn."""
    kept = {ROWS}
    rows = storage.join(folder, ROWS)
    for name in [*storage.list_names(rows)]:
        if name.endswith(".json"):
            kept |= set(_sound(folder, storage.join(rows, name), bans))
    for name in storage.list_names(folder):
        if name not in kept:
            storage.remove(storage.join(folder, name))
    if kept == {ROWS}:
        storage.remove(folder)


def _sound(folder: str, record_url: str, bans: Bans) -> Iterator[str]:
    try:
        record = read_shard_record(record_url)
        rows = decode_rows(read_staged_rows(folder, record), folder)
    except (NotAsRecorded, BadDocument, BadRows, OSError):
        return
    if not any(bans.of_row(row) for row in rows):
        yield record.file
