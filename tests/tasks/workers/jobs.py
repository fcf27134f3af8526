"""What workers run in tests, and a command that is interrupted or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tasks.workers import signals
from tasks.workers.guard import guarded
from tasks.workers.pool import WorkerPool
from tasks.workers.process import WORKER_ENVIRONMENT


def process_id() -> int:
    return os.getpid()


def environment() -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in WORKER_ENVIRONMENT}


def fail(text: str) -> None:
    raise ValueError(text)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def pause_and_return(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def pause_each(seconds: list[float]) -> list[float]:
    return [pause_and_return(one) for one in seconds]


def touch_after(path: str, seconds: float) -> None:
    time.sleep(seconds)
    Path(path).touch()


def write_process_id(folder: str) -> None:
    """Tell the test which process this is, then work for longer than any test."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def _many_tasks(folder: str) -> None:
    with WorkerPool(2) as pool:
        futures = [pool.submit(write_process_id, folder) for _ in range(4)]
        futures[0].result()


def _deferring(folder: str) -> None:
    """A step that takes longer than a signal allows."""
    with signals.deferred():
        (Path(folder) / "0").touch()
        time.sleep(600)


def _failing_note(folder: str) -> None:
    """A step that takes too long, and storage that does not answer."""

    def note() -> str:
        raise OSError("no answer")

    with signals.kept(note):
        _deferring(folder)


def _grandchildren(folder: str) -> None:
    """Programs that start programs, in sessions of their own."""
    program = f"echo > {folder}/$$; sleep 600 & echo > {folder}/$!; wait"
    with guarded():
        subprocess.run(["setsid", "--fork", "sh", "-c", program], check=True)
    time.sleep(600)


def _printing(folder: str) -> None:
    """A step that has printed, to a pipe, where Python writes it out late."""
    print("what was printed")
    (Path(folder) / "0").touch()
    time.sleep(600)


JOBS = {
    "printing": _printing,
    "pool": _many_tasks,
    "deferring": _deferring,
    "failing_note": _failing_note,
    "grandchildren": _grandchildren,
}

if __name__ == "__main__":
    try:
        with signals.handle_signals(to_the_end=True), signals.kept("two of four are there"):
            JOBS[sys.argv[2]](sys.argv[1])
    except BaseException as error:
        if signals.received() is None:
            raise
        if sys.argv[2] != "printing":
            signals.end_process(error)
