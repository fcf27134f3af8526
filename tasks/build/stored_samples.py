"""Samples of earlier builds that a shard can take over, by their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from manifests.dataset import ShardRecord
from manifests.rows import Row
from manifests.shard_plan import ShardPlan
from tasks.render.stored import StoredShard


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedShard:
    """A shard of an earlier build: where it lies, its record, and its rows."""

    url: str
    record: ShardRecord
    rows: Sequence[Row]
    # True if its version is published.
    published: bool


class StoredSamples:
    """All samples of finished shards. A failed sample is not taken over: its failure may have passed."""

    def __init__(self, shards: Iterable[FinishedShard] = ()) -> None:
        self._found: dict[str, tuple[FinishedShard, Row]] = {}
        for shard in shards:
            for row in shard.rows:
                if row.cache_key and row.verdict != "failed":
                    self._found.setdefault(row.cache_key, (shard, row))

    def of_plan(self, plan: ShardPlan) -> tuple[StoredShard, ...]:
        """The shards that have samples of the plan, with the rows that these get in the plan's shard."""
        wanted: dict[str, list[Row]] = defaultdict(list)
        hashes: dict[str, str] = {}
        for shard, row in self._of(plan):
            wanted[shard.url].append(replace(row, shard=plan.file))
            hashes[shard.url] = shard.record.sha256
        return tuple(
            StoredShard(url=url, sha256=hashes[url], rows=tuple(rows)) for url, rows in wanted.items()
        )

    def _of(self, plan: ShardPlan) -> Iterator[tuple[FinishedShard, Row]]:
        found = (self._found.get(sample.cache_key) for sample in plan.samples)
        return (stored for stored in found if stored is not None)
