"""Samples of earlier builds that a shard can take over, by their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from manifests.dataset import ShardRecord
from manifests.outcomes.confirmed_code import ConfirmedCode, merge_confirmed
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
        # By keys under the code of today: the stored key, and the change of code that was checked.
        self._former: dict[str, tuple[str, ConfirmedCode]] = {}
        for shard in shards:
            for row in shard.rows:
                if row.cache_key and row.verdict != "failed":
                    self._found.setdefault(row.cache_key, (shard, row))

    def __contains__(self, key: str) -> bool:
        return key in self._found or key in self._former

    def with_former(self, former: Mapping[str, str], change: ConfirmedCode) -> StoredSamples:
        """With stored samples under other keys too: ``former`` has the stored key of each."""
        other = StoredSamples()
        other._found = self._found
        other._former = self._former | {key: (stored, change) for key, stored in former.items()}
        return other

    def of_plan(self, plan: ShardPlan) -> tuple[StoredShard, ...]:
        """The shards that have samples of the plan, with the rows that these get in the plan's shard."""
        rows: dict[str, list[Row]] = defaultdict(list)
        former: dict[str, dict[str, str]] = defaultdict(dict)
        confirmed: dict[str, list[ConfirmedCode]] = defaultdict(list)
        shards: dict[str, FinishedShard] = {}
        for key in (sample.cache_key for sample in plan.samples):
            stored, change = (key, None) if key in self._found else self._former.get(key, (key, None))
            if stored not in self._found:
                continue
            shard, row = self._found[stored]
            shards[shard.url] = shard
            rows[shard.url].append(replace(row, shard=plan.file, cache_key=key))
            if change is not None:
                former[shard.url][key] = stored
                confirmed[shard.url].append(change)
        return tuple(
            StoredShard(
                url=url,
                sha256=shard.record.sha256,
                rows=tuple(rows[url]),
                former_keys=former[url],
                confirmed=merge_confirmed((*shard.record.confirmed, *confirmed[url])),
            )
            for url, shard in shards.items()
        )
