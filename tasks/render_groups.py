"""All samples of a shard in order; where a network harmonises them, in groups of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from assets.bank import Bank, Entry
from manifests.rows import Row
from natocc.geometry import Image
from tasks.plan import ShardPlan
from tasks.pool import batched
from tasks.render_harmonise import Harmonising
from tasks.render_sample import Begun, OccluderCache, attempt, begin, end

Made = tuple[Row, dict[str, bytes]]


def attempt_all(
    plan: ShardPlan,
    bank: Bank,
    cache: OccluderCache,
    faces: Mapping[str, Entry],
    pool: tuple[Entry, ...],
    harmonise: Harmonising,
) -> Iterator[Made]:
    """Every sample of the plan, as ``attempt`` gives it.

    The network works on one group in a thread while the next is composed and the last encoded.
    """
    if harmonise.batch == 1:
        for face, repeat in plan.samples:
            yield attempt(plan, bank, cache, faces[face], repeat, pool, harmonise)
        return
    begun = (begin(plan, bank, cache, faces[face], repeat, pool) for face, repeat in plan.samples)
    with ThreadPoolExecutor(max_workers=1) as thread:
        before: tuple[list[Begun], Future[list[Image]]] | None = None
        for group in batched(begun, harmonise.batch):
            drafts = [one.waiting for one in group if one.waiting is not None]
            now = group, thread.submit(harmonise, drafts)
            if before is not None:
                yield from _ended(plan, *before)
            before = now
        if before is not None:
            yield from _ended(plan, *before)


def _ended(plan: ShardPlan, group: list[Begun], harmonised: Future[list[Image]]) -> Iterator[Made]:
    pixels = iter(harmonised.result())
    for one in group:
        yield end(plan, one, None if one.waiting is None else next(pixels))
