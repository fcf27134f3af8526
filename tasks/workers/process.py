"""One worker process: tasks go to it over a pipe, answers come back."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

from tasks.workers.guard import MARKER, guarded

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
# What a terminal sends to all processes of its job.
_FROM_TERMINALS = (signal.SIGINT, signal.SIGHUP)
# Seconds for an idle worker to end by itself.
_LEAVING = 5.0
# The environment is the whole process's.
_TRACKER_STARTS = threading.Lock()


class WorkerProcess:
    """A spawned process that answers one task after the other. It has a session of its own."""

    def __init__(self) -> None:
        os.environ.update(WORKER_ENVIRONMENT)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # A daemon, so that an ending interpreter does not wait for it.
        self._process = context.Process(target=_answer_all, args=(theirs,), daemon=True)
        with starting_children():
            self._process.start()
        theirs.close()

    def send(self, task: bytes) -> None:
        """Hand over a task of ``encode_task``. Raises OSError if the process has ended."""
        self._pipe.send_bytes(task)

    def receive(self) -> bytes:
        """Wait for the answer to the oldest task. Raises EOFError or OSError if the process has ended."""
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        """End it now. Whoever waits for an answer gets an EOFError."""
        self._process.kill()

    def close(self) -> None:
        """End it after its last task."""
        self._pipe.close()
        self._process.join(_LEAVING)
        self._process.kill()
        self._process.join()


class WorkerTrace(Exception):
    """The traceback in the worker, as the cause of the error that it raised."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def encode_task(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    """A call as bytes. Raises the pickler's error for what can't be sent."""
    return pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)


def decode_answer(answer: bytes) -> Any:
    """The result of a task; raises its error instead, with the worker's traceback as the cause."""
    returned, value, trace = pickle.loads(answer)  # noqa: S301 (from our own process)
    if returned:
        return value
    raise decode_error(value) from WorkerTrace(trace)


@contextmanager
def starting_children() -> Iterator[None]:
    """Within the block, started processes end with this one, and a terminal's Ctrl-C does not reach them.

    They call ``leave_terminal`` first of all.
    """
    _start_tracker()
    with guarded():
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _FROM_TERMINALS)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def leave_terminal() -> None:
    """Make this process the head of a session of its own, since signals from a terminal are its parent's."""
    os.setsid()
    for number in _FROM_TERMINALS:
        # Also drops one that came while it was blocked.
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _FROM_TERMINALS)


def _start_tracker() -> None:
    """Start multiprocessing's tracker of semaphores without its warning, and without the guard's marker.

    It removes those of a killed process, which is no fault to report. It ends by itself after the last
    process that uses it; killed before, it would be missed.
    """
    with _TRACKER_STARTS:
        filters, marker = os.environ.get("PYTHONWARNINGS"), os.environ.pop(MARKER, None)
        quiet = "ignore:resource_tracker:UserWarning"
        os.environ["PYTHONWARNINGS"] = f"{filters},{quiet}" if filters else quiet
        try:
            resource_tracker.ensure_running()
        finally:
            for name, value in (("PYTHONWARNINGS", filters), (MARKER, marker)):
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _answer_all(pipe: Connection) -> None:
    """The worker's main function: answer tasks until the pipe is closed."""
    leave_terminal()
    _end_with_parent()
    while True:
        try:
            task = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        answer = _answer(task)
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _answer(task: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(task)  # noqa: S301
        return pickle.dumps((True, function(*args, **kwargs), ""), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        trace = "".join(traceback.format_exception(error))
        return pickle.dumps((False, encode_error(error), trace), pickle.HIGHEST_PROTOCOL)


def encode_error(error: BaseException) -> bytes:
    """The pickled error; one that can't be read back as itself becomes a RuntimeError with its text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data = pickle.dumps(error)
            if type(pickle.loads(data)) is type(error):  # noqa: S301
                return data
        except Exception as unreadable:
            del unreadable
    return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def decode_error(data: bytes) -> BaseException:
    """The error of ``encode_error``."""
    error: BaseException = pickle.loads(data)  # noqa: S301 (from our own process)
    return error


def _end_with_parent() -> None:
    """End this process when its parent is gone, also in the middle of a task."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
