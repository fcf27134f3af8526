"""The pool with real processes: results, errors, lost workers, shutdown, interrupts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.errors import BuildStopped
from tasks.workers.guard import kill_guarded
from tasks.workers.pool import WorkerLost, WorkerPool, batched, ordered_map
from tasks.workers.process import WORKER_ENVIRONMENT
from tests.tasks.workers.jobs import (
    die,
    environment,
    fail,
    pause_and_return,
    pause_each,
    process_id,
    touch_after,
)

# Ask whether a child has ended, and leave the answer for the next who asks.
ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as started:
        yield started


def wait_until(condition: Callable[[], bool], what: str) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"after a minute: {what}")


def test_functions_run_in_other_processes_which_stay(pool: WorkerPool) -> None:
    ids = {pool.submit(process_id).result() for _ in range(6)}
    assert os.getpid() not in ids and 1 <= len(ids) <= 2


def test_a_worker_computes_on_one_thread_and_keeps_freed_memory(pool: WorkerPool) -> None:
    assert pool.submit(environment).result() == WORKER_ENVIRONMENT


def test_an_error_comes_with_its_text_and_the_worker_stays(pool: WorkerPool) -> None:
    with pytest.raises(ValueError, match=r"^mask\.png: expected 0 and 1, got 7$") as caught:
        pool.submit(fail, "mask.png: expected 0 and 1, got 7").result()
    assert "in fail" in str(caught.value.__cause__), "the worker's own trace"
    assert pool.submit(pause_and_return, 0).result() == 0


def test_results_come_in_the_order_of_the_items(pool: WorkerPool) -> None:
    pauses = [0.4, 0.0, 0.1, 0.0, 0.0]
    assert list(ordered_map(pool, pause_each, pauses, chunk=1, ahead=4)) == pauses
    assert list(ordered_map(pool, pause_each, pauses, chunk=2, ahead=2)) == pauses
    assert list(ordered_map(pool, pause_each, [], chunk=2, ahead=2)) == []


def test_items_are_read_no_further_ahead_than_allowed(pool: WorkerPool) -> None:
    read: list[float] = []

    def items() -> Iterator[float]:
        for _ in range(20):
            read.append(0.0)
            yield 0.0

    results = ordered_map(pool, pause_each, items(), chunk=2, ahead=3)
    assert read == []
    next(results)
    assert len(read) == 6
    assert len(list(results)) == 19 and len(read) == 20


def test_an_error_in_the_middle_ends_the_map(pool: WorkerPool) -> None:
    results = ordered_map(pool, pause_each, [0.0, -1.0, 0.0], chunk=1, ahead=2)
    assert next(results) == 0.0
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        next(results)


def test_a_lost_worker_is_one_message_and_the_pool_starts_again() -> None:
    with WorkerPool(1) as pool:
        before = pool.submit(process_id).result()
        with pytest.raises(WorkerLost, match=r"^a worker process was lost .*; .* run the same command again"):
            pool.submit(die).result()
        assert pool.submit(process_id).result() != before


def test_a_lost_worker_loses_its_own_task_alone() -> None:
    with WorkerPool(1) as pool:
        lost, *others = [pool.submit(die), pool.submit(process_id), pool.submit(process_id)]
        with pytest.raises(WorkerLost):
            lost.result()
        assert len({future.result() for future in others}) == 1


def test_a_worker_that_is_lost_without_work_loses_no_task() -> None:
    with WorkerPool(1) as pool:
        worker = pool.submit(process_id).result()
        os.kill(worker, signal.SIGKILL)
        # The last thread of a process closes its pipe.
        wait_until(lambda: os.waitid(os.P_PID, worker, ENDED) is not None, "the worker still runs")
        assert pool.submit(process_id).result() != worker


def test_a_closed_pool_takes_nothing(tmp_path: Path) -> None:
    with WorkerPool(1) as pool:
        pass
    with pytest.raises(BuildStopped, match="the pool of workers is closed"):
        pool.submit(process_id)


def test_leaving_ends_the_processes_and_drops_what_has_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "touched"
    with pytest.raises(KeyError), WorkerPool(1) as pool:
        worker = pool.submit(process_id).result()
        running = pool.submit(pause_and_return, 1.0)
        # The executor hands one more task than it has workers to its queue, where it can't be cancelled.
        waiting = [pool.submit(touch_after, str(path), 0.0) for _ in range(4)]
        wait_until(running.running, "the first task had not begun")
        raise KeyError
    assert running.result() == 1.0, "what runs is waited for"
    assert waiting[-1].cancelled() and waiting[-2].cancelled()
    assert not Path(f"/proc/{worker}").exists()


def test_at_least_one_worker_is_needed() -> None:
    with pytest.raises(ValueError, match="--workers: expected at least 1, got 0"):
        WorkerPool(0)


def test_a_pool_that_was_not_used_starts_no_process() -> None:
    before = os.environ.pop("OMP_NUM_THREADS", None)
    try:
        with WorkerPool(2):
            pass
        assert "OMP_NUM_THREADS" not in os.environ
    finally:
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


@pytest.mark.parametrize(
    ("size", "groups"), [(2, [[1, 2], [3, 4], [5]]), (5, [[1, 2, 3, 4, 5]]), (9, [[1, 2, 3, 4, 5]])]
)
def test_items_in_lists_of_a_size(size: int, groups: list[list[int]]) -> None:
    assert list(batched(range(1, 6), size)) == groups and list(batched([], size)) == []


def test_a_worker_that_cannot_start_is_the_error_of_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def start() -> None:
        raise UserWarning("no more processes")

    monkeypatch.setattr("tasks.workers.pool.WorkerProcess", start)
    with WorkerPool(1) as broken, pytest.raises(UserWarning, match="no more processes"):
        broken.submit(process_id).result(timeout=20)


def test_a_pool_starts_after_everything_guarded_was_killed() -> None:
    with WorkerPool(1) as first:
        first.submit(process_id).result()
    kill_guarded()
    with WorkerPool(1) as second:
        assert second.submit(process_id).result(timeout=20) != os.getpid()
