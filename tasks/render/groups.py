"""All samples of a shard in order; where a network harmonises them, in groups of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from assets.bank.reader import Bank, Entry
from manifests.shard_plan import ShardPlan
from natocc.geometry import Image
from natocc.verdicts import Verdict
from tasks.render.harmonise import Harmonising
from tasks.render.inputs import OccluderCache
from tasks.render.sample import Begun, Made, attempt, begin, end
from tasks.workers.pool import batched

# The size of pictures that batches are meant for.
_USUAL = 1024


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
    if harmonise.network_batch is None:
        for face, repeat in plan.samples:
            yield attempt(plan, bank, cache, faces[face], repeat, pool, harmonise)
        return
    begun = (begin(plan, bank, cache, faces[face], repeat, pool) for face, repeat in plan.samples)
    with ThreadPoolExecutor(max_workers=1) as thread:
        before: tuple[list[Begun], Future[list[Image | Verdict]]] | None = None
        # Larger pictures, fewer of them at a time.
        most = max(1, harmonise.batch * min(_USUAL**2, plan.size**2) // plan.size**2)
        for group in batched(begun, most):
            drafts = [one.waiting for one in group if one.waiting is not None]
            now = group, thread.submit(harmonise, drafts)
            if before is not None:
                yield from _ended(plan, *before)
            before = now
        if before is not None:
            yield from _ended(plan, *before)


def _ended(plan: ShardPlan, group: list[Begun], harmonised: Future[list[Image | Verdict]]) -> Iterator[Made]:
    pixels = iter(harmonised.result())
    for one in group:
        yield end(plan, one, None if one.waiting is None else next(pixels))
