"""Samples of earlier builds that a shard can take over, by their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from manifests.dataset import ShardRecord
from manifests.outcomes.confirmed_code import ConfirmedCode, merge_confirmed
from manifests.rows import encode_table
from manifests.shard_plan import ShardPlan
from tasks.render.stored import StoredShard


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedShard:
    """A shard of an earlier build: where it lies, its record, its samples' keys, and its rows when asked for.

    A key is "" for a sample that is not taken over: one that failed, as its failure may have passed, or one
    of an earlier schema.
    """

    url: str
    record: ShardRecord
    keys: Sequence[str]
    table: Callable[[], pa.Table]
    # True if its version is published.
    published: bool


class StoredSamples:
    """All samples of finished shards that can be taken over."""

    def __init__(self, shards: Iterable[FinishedShard] = ()) -> None:
        # The shard of each stored sample, and its place there.
        self._found: dict[str, tuple[FinishedShard, int]] = {}
        # By keys under the code of today: the stored key, and the change of code that was checked.
        self._former: dict[str, tuple[str, ConfirmedCode]] = {}
        for shard in shards:
            for place, key in enumerate(shard.keys):
                if key:
                    self._found.setdefault(key, (shard, place))

    def __contains__(self, key: str) -> bool:
        return key in self._found or key in self._former

    def with_former(self, former: Mapping[str, str], change: ConfirmedCode) -> StoredSamples:
        """With stored samples under other keys too: ``former`` has the stored key of each."""
        other = StoredSamples()
        other._found = self._found
        other._former = self._former | {key: (stored, change) for key, stored in former.items()}
        return other

    def of_plan(self, plan: ShardPlan) -> tuple[StoredShard, ...]:
        """The shards that have samples of the plan, with the rows that these get in the plan's shard.

        Raises BadRows if the rows of a finished shard cannot be read.
        """
        shards: dict[str, FinishedShard] = {}
        places: dict[str, dict[str, int]] = defaultdict(dict)
        former: dict[str, dict[str, str]] = defaultdict(dict)
        changes: dict[str, list[ConfirmedCode]] = defaultdict(list)
        for key in (sample.cache_key for sample in plan.samples):
            stored, change = (key, None) if key in self._found else self._former.get(key, (key, None))
            if stored not in self._found:
                continue
            shard, places[shard.url][key] = self._found[stored]
            shards[shard.url] = shard
            if change is not None:
                former[shard.url][key] = stored
                changes[shard.url].append(change)
        return tuple(
            StoredShard(
                url=url,
                sha256=shard.record.sha256,
                rows=encode_table(_rows_in(plan.file, shard.table(), places[url])),
                former_keys=former[url],
                confirmed=merge_confirmed((*shard.record.confirmed, *changes[url])),
                published=shard.published,
            )
            for url, shard in shards.items()
        )


def _rows_in(file: str, table: pa.Table, places: Mapping[str, int]) -> pa.Table:
    """The rows at some places as rows of the shard ``file`` and of samples with these keys."""
    return with_shard(table.take(list(places.values())), file).set_column(
        table.column_names.index("cache_key"), "cache_key", pa.array(places, pa.string())
    )


def with_shard(table: pa.Table, file: str) -> pa.Table:
    """The rows as those of the shard ``file``."""
    column = pa.array([file] * table.num_rows, pa.string())
    return table.set_column(table.column_names.index("shard"), "shard", column)
