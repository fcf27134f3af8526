"""A file or folder that nothing refers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assets.wording import count_of
from natocc.files.show import one_line
from shards import storage
from shards.lock import find_holder
from shards.measure import measure_folder
from tasks.build.lock import KEPT_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A file or folder that nothing refers to, and the lock that whoever removes it holds."""

    # Of the dataset or bank, and what in it is removed with it.
    folder: str
    name: str
    lock: str
    what: str
    files: int
    bytes: int
    days: float  # since its last change
    # Why it stays; "" if it may be removed.
    kept: str = ""

    @property
    def url(self) -> str:
        return storage.join(self.folder, self.name)

    def line(self) -> str:
        """For people: place, what it is, size, age, and why it stays."""
        size = f"{count_of(self.files, 'files')}, {self.bytes / 1e6:.1f} MB"
        line = f"{one_line(self.url, None)}: {self.what}, {size}, unchanged for {self.days:.1f} days"
        return f"{line}; {self.kept}" if self.kept else line


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderView:
    """A dataset or bank, and how it is looked at."""

    url: str
    # The time by the storage's clock.
    now: float
    # Unfinished work that has changed lately is garbage too.
    everything: bool
    # The lock that this process holds, in the folder.
    held: str = ""

    def leftover(
        self, name: str, what: str, lock: str, *, unfinished: bool = False, kept: str = ""
    ) -> Leftover:
        """Measure what lies there. Raises FileNotFoundError if it is gone.

        ``unfinished`` work is kept for a time, as a run may go on from it, unless it is an empty folder.
        """
        size = measure_folder(storage.join(self.url, name))
        days = max(0.0, self.now - size.changed) / 86400
        if unfinished and size.files and not self.everything and days <= KEPT_DAYS:
            kept = f"kept for {KEPT_DAYS} days, as a run may go on from it; --all takes it too"
        holder = None if lock == self.held else find_holder(self.url, lock)
        return Leftover(
            folder=self.url,
            name=name,
            lock=lock,
            what=what,
            files=size.files,
            bytes=size.bytes,
            days=days,
            kept=f"in use by {holder}" if holder else kept,
        )


# The leftovers of a dataset or bank, or those under the one name in it, and how many names are of others.
FindLeftovers = Callable[[FolderView, str | None], tuple[list[Leftover], int]]
