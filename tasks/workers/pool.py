"""Worker processes: spawned once, and kept until the work ends."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from tasks.errors import BuildStopped
from tasks.workers import signals
from tasks.workers.process import WorkerProcess, decode_answer, encode_task

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class WorkerLost(BuildStopped):
    """A worker process ended without an answer (killed, or out of memory)."""

    def __init__(self) -> None:
        super().__init__(
            "a worker process was lost (killed, or out of memory); a build keeps its finished shards: "
            "run the same command again, with fewer --workers if memory was short"
        )

    def __reduce__(self) -> tuple[type[WorkerLost], tuple[()]]:
        return WorkerLost, ()


@dataclass(slots=True)
class _Task:
    call: bytes
    future: Future[Any]
    again: bool = False  # a process was lost before it got this task

    def settle(self, answer: bytes) -> None:
        try:
            result = decode_answer(answer)
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class WorkerPool:
    """Up to ``workers`` spawned processes. A lost process fails its own task; a new one takes the next.

    A task that never reached a lost process is given to a new one, once.
    Each process has a thread here that waits for its answers. Leaving the block after a signal kills the
    processes; otherwise the tasks that run are waited for, and those that wait are cancelled.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"--workers: expected at least 1, got {workers}")
        self._workers = workers
        self._lock = threading.Lock()
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._processes: set[WorkerProcess] = set()
        self._unfinished = 0
        self._closed = self._killed = False

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a module-level function in a worker."""
        task = _Task(encode_task(function, *args, **kwargs), Future())
        with self._lock:
            if self._closed:
                raise BuildStopped("the pool of workers is closed: another shard of this build failed")
            self._unfinished += 1
            self._tasks.put(task)
            if self._unfinished > len(self._threads) < self._workers:
                thread = threading.Thread(target=self._serve, name="worker", daemon=True)
                self._threads.append(thread)
                thread.start()
        return task.future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopped = signals.received() is not None or not isinstance(error, Exception | None)
        with self._lock:
            self._closed = True
        self._cancel_waiting()
        if stopped:
            self._kill()
        for _ in self._threads:
            self._tasks.put(None)
        try:
            for thread in self._threads:
                thread.join()
        except BaseException:
            # A signal came while running tasks were waited for.
            self._kill()
            raise

    def _kill(self) -> None:
        with self._lock:
            self._killed = True
            for process in self._processes:
                process.kill()

    def _cancel_waiting(self) -> None:
        try:
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    task.future.cancel()
        except Empty:
            return

    def _serve(self) -> None:
        """A thread's work: tasks for one process, and for the next one if that is lost."""
        task = self._next()
        while task is not None:
            try:
                process = self._start()
            except BaseException as error:
                # Any error: a thread that ends without an answer leaves its caller waiting for ever.
                self._finish(task, error)
                task = self._next()
                continue
            try:
                task = self._serve_with(process, task)
            finally:
                with self._lock:
                    self._processes.discard(process)
                process.close()

    def _serve_with(self, process: WorkerProcess, task: _Task) -> _Task | None:
        """Serve tasks until none comes; returns the next task if the process is lost before."""
        sent = False
        while True:
            try:
                if not sent:
                    process.send(task.call)
                    sent = True
                answer = process.receive()
            except BaseException as error:
                return self._after_error(task, error, sent)
            following = self._next(wait=False)
            # Sent before the answer is decoded, so that the process need not wait for that.
            sent = following is not None and _sent(process, following)
            self._finish(task, answer)
            following = following or self._next()
            if following is None:
                return None
            task = following

    def _after_error(self, task: _Task, error: BaseException, sent: bool) -> _Task | None:
        """The task for the next process: this one if the lost process did not get it."""
        lost = isinstance(error, EOFError | OSError)
        if lost and not sent and not task.again:
            task.again = True
            return task
        self._finish(task, WorkerLost() if lost else error)
        return self._next()

    def _next(self, *, wait: bool = True) -> _Task | None:
        """The next task that is not cancelled; None at the end, or without ``wait`` if there is none now."""
        while True:
            try:
                task = self._tasks.get(block=wait)
            except Empty:
                return None
            if task is None and not wait:
                # The mark of the end is for the call that waits.
                self._tasks.put(None)
            if task is None or task.future.set_running_or_notify_cancel():
                return task

    def _start(self) -> WorkerProcess:
        with self._lock:
            if self._killed or signals.received() is not None:
                raise WorkerLost
            process = WorkerProcess()
            self._processes.add(process)
            return process

    def _finish(self, task: _Task, answer: bytes | BaseException) -> None:
        with self._lock:
            self._unfinished -= 1
        if isinstance(answer, bytes):
            task.settle(answer)
        else:
            task.future.set_exception(answer)


def _sent(process: WorkerProcess, task: _Task) -> bool:
    try:
        process.send(task.call)
    except OSError:
        # Found again, and reported, where the answer is waited for.
        return False
    return True


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
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items."""
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
