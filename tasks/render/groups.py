"""All samples of a shard in order, in groups where a device moves colours or a network harmonises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from natocc.render.compose import Draft
from natocc.transfer.transport import Transport
from tasks.render.harmonise import Harmonising
from tasks.render.inputs import ShardInputs
from tasks.render.sample import (
    SampleDraft,
    SampleResult,
    attempt,
    begin,
    finish,
    go_on,
    harmonise_and_finish,
)
from tasks.render.transport import DeviceTransport
from tasks.workers.pool import batched

# Samples on their way, and stored ones.
_Sample = SampleDraft | SampleResult
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")
# Batch sizes apply to pictures of this side, in pixels.
_USUAL_SIDE = 1024


def attempt_all(
    shard: ShardInputs,
    harmonise: Harmonising,
    stored: Mapping[str, SampleResult] | None = None,
    transport: DeviceTransport | None = None,
) -> Iterator[SampleResult]:
    """Every sample of the plan: from ``stored`` by its cache key, else with the result of ``attempt``.

    ``transport`` is that of the plan. Device and network work on one group in a thread while the next is
    composed and the last encoded.
    """
    plan, stored = shard.plan, stored or {}
    if harmonise.network_batch is None and transport is None:
        for planned in plan.samples:
            yield stored.get(planned.cache_key) or attempt(shard, planned, harmonise)
        return
    later = transport is not None
    samples: Iterator[_Sample] = (
        stored.get(planned.cache_key) or begin(shard, planned, move_later=later) for planned in plan.samples
    )
    if transport is not None:
        samples = _move_all(samples, transport, _size(transport.batch, plan.size))
    if harmonise.network_batch is None:
        for sample in samples:
            yield sample if isinstance(sample, SampleResult) else harmonise_and_finish(sample, harmonise)
        return
    for sample, pixels in _ahead(samples, _size(harmonise.batch, plan.size), _unharmonised, harmonise):
        yield sample if isinstance(sample, SampleResult) else finish(sample, pixels)


def _move_all(samples: Iterable[_Sample], transport: DeviceTransport, size: int) -> Iterator[_Sample]:
    for sample, moved in _ahead(samples, size, _unmoved, transport):
        yield sample if isinstance(sample, SampleResult) or moved is None else go_on(sample, moved)


def _size(batch: int, side: int) -> int:
    """The size of a group: of larger pictures fewer are held at a time."""
    return max(1, batch * min(_USUAL_SIDE**2, side**2) // side**2)


def _ahead(
    samples: Iterable[_Sample],
    size: int,
    ask: Callable[[_Sample], _Asked | None],
    work: Callable[[Sequence[_Asked]], Sequence[_Answer]],
) -> Iterator[tuple[_Sample, _Answer | None]]:
    """Each sample with the answer to what it asks, None where it asks nothing.

    ``work`` answers a group of ``size`` samples in a thread while the next group is made.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        running: tuple[list[_Sample], Future[Sequence[_Answer]]] | None = None
        for group in batched(samples, size):
            asked = [what for sample in group if (what := ask(sample)) is not None]
            started = group, thread.submit(work, asked)
            if running is not None:
                yield from _with_answers(*running, ask)
            running = started
        if running is not None:
            yield from _with_answers(*running, ask)


def _with_answers(
    group: list[_Sample], answers: Future[Sequence[_Answer]], ask: Callable[[_Sample], object | None]
) -> Iterator[tuple[_Sample, _Answer | None]]:
    found = iter(answers.result())
    for sample in group:
        yield sample, None if ask(sample) is None else next(found)


def _unmoved(sample: _Sample) -> Transport | None:
    return None if isinstance(sample, SampleResult) else sample.unmoved


def _unharmonised(sample: _Sample) -> Draft | None:
    return None if isinstance(sample, SampleResult) else sample.unharmonised
