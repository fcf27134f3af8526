"""Find what nothing refers to in datasets and banks, and remove it where that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assets.bank.writer import FORMER_INDEX
from manifests.dataset import DATASET_INDEX, LATEST
from manifests.history import HISTORY
from manifests.withdrawn import WITHDRAWN
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from shards import storage
from shards.local_file import flush_folder
from shards.lock import find_holder, lock_if_free
from shards.measure import storage_time
from tasks.build.reuse import STAGING
from tasks.garbage.bank import find_in_bank
from tasks.garbage.dataset import find_in_dataset
from tasks.garbage.leftover import FindLeftovers, FolderView, Leftover
from tasks.garbage.output import find_in_output


@dataclass(frozen=True, slots=True, kw_only=True)
class GarbageReport:
    """What nothing refers to, what of it stays and why, and how many names are of others."""

    url: str
    # True if ``garbage`` was removed; False if it was only looked for.
    removed: bool
    garbage: tuple[Leftover, ...]
    kept: tuple[Leftover, ...]
    left_alone: int

    @property
    def bytes(self) -> int:
        return sum(leftover.bytes for leftover in self.garbage)


def collect_garbage(url: str, *, remove: bool = False, everything: bool = False) -> GarbageReport:
    """Look for leftovers in a dataset, in all datasets and banks of a folder, or in a bank.

    With ``remove`` each one is removed, under the lock of those who write it. ``everything``: unfinished work
    that has changed lately too.

    Raises FileNotFoundError for a folder of another kind, BadDocument and BadBank for a damaged index; then
    nothing is touched. OSError where a file can't be removed: what was removed before stays so.
    """
    root = str(url).rstrip("/")
    places, others = _places(root)
    if not places:
        raise FileNotFoundError(_no_place(root))
    now = storage_time(root)
    views = {place: FolderView(url=place, now=now, everything=everything) for place in places}
    # All are looked at before anything is removed.
    looked = {place: find(views[place], None) for place, find in places.items()}
    garbage: list[Leftover] = []
    kept: list[Leftover] = []
    for place, (leftovers, unknown) in looked.items():
        others += unknown
        for leftover in leftovers:
            wanted = remove and not leftover.kept
            outcome = _remove(leftover, places[place], views[place]) if wanted else leftover
            if outcome is not None:
                (kept if outcome.kept else garbage).append(outcome)
    return GarbageReport(
        url=root, removed=remove, garbage=tuple(garbage), kept=tuple(kept), left_alone=others
    )


def _remove(leftover: Leftover, find: FindLeftovers, view: FolderView) -> Leftover | None:
    """Remove it while no other run can write there.

    Returns it with the reason if it has to stay; None if it is garbage no longer.
    """
    with lock_if_free(leftover.folder, leftover.lock) as free:
        if not free:
            holder = find_holder(leftover.folder, leftover.lock) or "another run"
            return replace(leftover, kept=f"in use by {holder}")
        found, _ = find(replace(view, held=leftover.lock), leftover.name.partition("/")[0])
        again = next((one for one in found if one.url == leftover.url), None)
        # The lock's own file goes when it is let go.
        if again is not None and not again.kept and leftover.name != leftover.lock:
            _delete(leftover.url)
        return again


def _delete(url: str) -> None:
    """Delete a file or folder. A version's index goes first: what is left of it is no version."""
    index = storage.join(url, DATASET_INDEX)
    storage.remove(index)
    if (path := storage.local_path(url)) is not None and path.is_dir() and not path.is_symlink():
        flush_folder(path)
    storage.remove(url)


def _places(root: str) -> tuple[dict[str, FindLeftovers], int]:
    """The datasets and banks at a URL, or directly below it, and how many other names are beside those."""
    if find := _kind_of(root):
        return {root: find}, 0
    names = storage.list_names(root, data_alone=True) if storage.is_folder(root) else []
    if DATASET_INDEX in names:
        return {}, 0
    found = {storage.join(root, name): _kind_of(storage.join(root, name)) for name in names}
    places = {url: find for url, find in found.items() if find is not None}
    others = len(names) - len(places)
    # A folder of others may hold files of this name too.
    return (places | {root: find_in_output} if places else {}), others


def _kind_of(url: str) -> FindLeftovers | None:
    """What looks for leftovers there; None if it is neither a dataset nor a bank."""
    names = frozenset(storage.list_names(url)) if storage.is_folder(url) else frozenset[str]()
    if not names.isdisjoint((BANK_INDEX, BANK_TABLE, FORMER_INDEX)):
        return find_in_bank
    # A dataset in whose folder no build has ended yet holds unpublished shards alone.
    begun = any(name in (LATEST, HISTORY, WITHDRAWN) or name.startswith(STAGING) for name in names)
    return find_in_dataset if begun else None


def _no_place(root: str) -> str:
    names = storage.list_names(root) if storage.is_folder(root) else []
    if DATASET_INDEX in names:
        got, advice = "a version", f"give the dataset around it, {root.rpartition('/')[0] or '..'}"
    else:
        got, advice = storage.describe_content(root), "give the --out of `natocc build`, or a bank"
    return (
        f"{root}: expected a dataset ({LATEST}), a folder of datasets, or a bank ({BANK_INDEX}), got {got}; "
        f"{advice}; nothing was removed"
    )
