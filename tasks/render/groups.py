"""All samples of a shard in order, in groups of a batch if a network harmonises them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from natocc.geometry import Image
from natocc.render.compose import Draft
from natocc.verdicts import Verdict
from tasks.render.harmonise import Harmonising
from tasks.render.inputs import ShardInputs
from tasks.render.sample import SampleDraft, SampleResult, attempt, begin, finish
from tasks.workers.pool import batched

# Samples before they are harmonised, and stored ones.
_Group = list[SampleDraft | SampleResult]
# Batch sizes apply to pictures of this side, in pixels.
_USUAL_SIDE = 1024


def attempt_all(
    shard: ShardInputs, harmonise: Harmonising, stored: Mapping[str, SampleResult] | None = None
) -> Iterator[SampleResult]:
    """Every sample of the plan: from ``stored`` by its cache key, else with the result of ``attempt``.

    The network works on one group in a thread while the next is composed and the last encoded.
    """
    plan, stored = shard.plan, stored or {}
    if harmonise.network_batch is None:
        for sample in plan.samples:
            yield stored.get(sample.cache_key) or attempt(shard, sample, harmonise)
        return
    drafts = (stored.get(sample.cache_key) or begin(shard, sample) for sample in plan.samples)
    # Fewer larger pictures are held at a time.
    size = max(1, harmonise.batch * min(_USUAL_SIDE**2, plan.size**2) // plan.size**2)
    with ThreadPoolExecutor(max_workers=1) as thread:
        running: tuple[_Group, Future[list[Image | Verdict]]] | None = None
        for group in batched(drafts, size):
            waiting = [draft for sample in group if (draft := _unharmonised(sample)) is not None]
            started = group, thread.submit(harmonise, waiting)
            if running is not None:
                yield from _finish_group(*running)
            running = started
        if running is not None:
            yield from _finish_group(*running)


def _finish_group(group: _Group, harmonised: Future[list[Image | Verdict]]) -> Iterator[SampleResult]:
    pixels = iter(harmonised.result())
    for sample in group:
        if isinstance(sample, SampleResult):
            yield sample
        else:
            yield finish(sample, None if sample.unharmonised is None else next(pixels))


def _unharmonised(sample: SampleDraft | SampleResult) -> Draft | None:
    return None if isinstance(sample, SampleResult) else sample.unharmonised
