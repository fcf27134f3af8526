"""What workers run in tests, and a command that is interrupted or killed."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tasks.workers.pool import WORKER_ENVIRONMENT, WorkerPool, result_of


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


if __name__ == "__main__":
    with WorkerPool(2) as pool:
        futures = [pool.submit(write_process_id, sys.argv[1]) for _ in range(4)]
        result_of(futures[0])
