"""The occluders of a bank's training split: listed once, opened once in each process that draws."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from assets.bank.reader import Bank, Entry
from natocc.occluders.bank import OccluderBank
from natocc.occluders.bank_files import BadBank
from natocc.occluders.load import load_occluders
from shards.storage import sha256_bytes

_SPLIT = "train"
_UNSTATED = "licence not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOccluders:
    """The occluders of some pools in the bank's training split, without their pixels.

    ``counts``: (pool, number) of those that have any; ``licences``: (data set, its terms); ``bank``: the
    bank's content hash; ``sha256``: a hash of the occluders alone.
    """

    url: str
    pools: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    licences: tuple[tuple[str, tuple[str, ...]], ...]
    bank: str
    sha256: str

    def open(self, long_side: int) -> OccluderBank:
        """The occluders, none longer than ``long_side`` pixels; read once a process.

        Raises BadBank if the bank is damaged or holds others by now.
        """
        return _opened(self, long_side)


def list_occluders(bank_url: str, pools: Collection[str]) -> ListedOccluders:
    """List those of ``pools``.

    Raises FileNotFoundError for a URL without a bank, BadDocument or BadBank for a damaged one.
    """
    bank = Bank(bank_url)
    used = [entry for pool in pools for entry in bank.entries(pool) if entry.split == _SPLIT]
    counts = Counter(entry.kind for entry in used)
    listed = json.dumps([[entry.kind, entry.id, entry.sha256] for entry in used])
    return ListedOccluders(
        url=bank_url,
        pools=tuple(pools),
        counts=tuple((pool, counts[pool]) for pool in pools if counts[pool]),
        licences=_licences(used),
        bank=str(bank.index["content_sha256"]),
        sha256=sha256_bytes(listed.encode()),
    )


def _licences(entries: Collection[Entry]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    terms: dict[str, set[str]] = {}
    for entry in entries:
        terms.setdefault(entry.dataset, set()).add(entry.licence or _UNSTATED)
    return tuple((dataset, tuple(sorted(found))) for dataset, found in sorted(terms.items()))


@lru_cache(maxsize=1)
def _opened(listed: ListedOccluders, long_side: int) -> OccluderBank:
    if list_occluders(listed.url, listed.pools).sha256 != listed.sha256:
        raise BadBank(
            f"{listed.url}: expected the occluders that the training began with, got others: the bank was "
            "prepared again; run the same command again"
        )
    return load_occluders(
        listed.url, split=_SPLIT, long_side=long_side, kinds=[pool for pool, _ in listed.counts]
    )
