"""All samples of a shard in order, in groups of a batch if a network harmonises them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from natocc.geometry import Image
from natocc.verdicts import Verdict
from tasks.render.harmonise import Harmonising
from tasks.render.inputs import ShardInputs
from tasks.render.sample import SampleDraft, SampleResult, attempt, begin, finish
from tasks.workers.pool import batched

# Batch sizes apply to pictures of this side, in pixels.
_USUAL_SIDE = 1024


def attempt_all(shard: ShardInputs, harmonise: Harmonising) -> Iterator[SampleResult]:
    """Every sample of the plan, with the result of ``attempt``.

    The network works on one group in a thread while the next is composed and the last encoded.
    """
    plan = shard.plan
    faces = {entry.id: entry for entry in shard.bank.entries("face")}
    if harmonise.network_batch is None:
        for face, repeat in plan.samples:
            yield attempt(shard, faces[face], repeat, harmonise)
        return
    drafts = (begin(shard, faces[face], repeat) for face, repeat in plan.samples)
    # Fewer larger pictures are held at a time.
    size = max(1, harmonise.batch * min(_USUAL_SIDE**2, plan.size**2) // plan.size**2)
    with ThreadPoolExecutor(max_workers=1) as thread:
        running: tuple[list[SampleDraft], Future[list[Image | Verdict]]] | None = None
        for group in batched(drafts, size):
            waiting = [sample.unharmonised for sample in group if sample.unharmonised is not None]
            started = group, thread.submit(harmonise, waiting)
            if running is not None:
                yield from _finish_group(*running)
            running = started
        if running is not None:
            yield from _finish_group(*running)


def _finish_group(
    group: list[SampleDraft], harmonised: Future[list[Image | Verdict]]
) -> Iterator[SampleResult]:
    pixels = iter(harmonised.result())
    for sample in group:
        yield finish(sample, None if sample.unharmonised is None else next(pixels))
