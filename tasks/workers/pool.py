"""Worker processes: spawned once, and kept until the work ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from tasks.errors import BuildStopped

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# Each worker has one thread: other workers use the other cores, and bytes must not depend on threads. glibc
# keeps freed memory: otherwise pictures of some megabytes are mapped and unmapped in every step, and the page
# faults take a sixth of the time (docs/performance.md).
WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
}


class WorkerLost(BuildStopped):
    """A worker process ended without an answer (killed, or out of memory)."""

    def __init__(self) -> None:
        super().__init__(
            "a worker process was lost (killed, or out of memory); a build keeps its finished shards: "
            "run the same command again, with fewer --workers if memory was short"
        )


class WorkerPool:
    """``workers`` spawned processes. A pool that lost a process starts new ones at the next submission."""

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"--workers: expected at least 1, got {workers}")
        self._workers = workers
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a module-level function in a worker."""
        with self._lock:
            if self._closed:
                raise BuildStopped("the pool of workers is closed: another shard of this build failed")
            try:
                return self._ready().submit(function, *args, **kwargs)
            except BrokenProcessPool:
                self._executor = None
                return self._ready().submit(function, *args, **kwargs)

    def _ready(self) -> ProcessPoolExecutor:
        if self._executor is None:
            os.environ.update(WORKER_ENVIRONMENT)
            spawn = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=_start_worker)
        return self._executor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """Set a worker up to end at an interrupt, and when its parent is gone.

    An executor treats an interrupt as the error of one task and continues with the next. A killed parent
    can't shut its pool down.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def result_of(future: Future[R]) -> R:
    """The future's result, or its error. Raises WorkerLost if the process died."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerLost from error


def ordered_map(
    pool: WorkerPool, function: Callable[[list[T]], list[R]], items: Iterable[T], chunk: int, ahead: int
) -> Iterator[R]:
    """``function`` on chunks of items; results in the items' order.

    At most ``ahead`` chunks are submitted but not returned, so memory use is bounded.
    """
    waiting: deque[Future[list[R]]] = deque()
    for group in batched(items, chunk):
        waiting.append(pool.submit(function, group))
        if len(waiting) >= ahead:
            yield from result_of(waiting.popleft())
    while waiting:
        yield from result_of(waiting.popleft())


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items."""
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
