from __future__ import annotations

import os

import pytest

from tasks.errors import BuildStopped
from tasks.workers.pool import WorkerLost
from tasks.workers.process import WorkerProcess, decode_answer, encode_task
from tests.tasks.workers.jobs import fail, process_id


class _Unreadable(ValueError):
    """Can be pickled, but not read back."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


def raise_unreadable() -> None:
    raise _Unreadable("mask.png: expected 0 and 1", "")


def raise_lost() -> None:
    raise WorkerLost


def answers(*tasks: bytes) -> list[bytes]:
    process = WorkerProcess()
    try:
        for task in tasks:
            process.send(task)
        return [process.receive() for _ in tasks]
    finally:
        process.close()


def test_answers_come_in_order_from_another_process() -> None:
    first, second = answers(encode_task(process_id), encode_task(abs, -3))
    assert decode_answer(first) != os.getpid() and decode_answer(second) == 3


def test_errors_come_as_themselves_or_as_text() -> None:
    own, unreadable, lost = answers(*map(encode_task, (_fail, raise_unreadable, raise_lost)))
    with pytest.raises(ValueError, match=r"^x: expected 1$"):
        decode_answer(own)
    with pytest.raises(RuntimeError, match=r"^_Unreadable: mask\.png: expected 0 and 1$"):
        decode_answer(unreadable)
    with pytest.raises(BuildStopped, match="a worker process was lost"):
        decode_answer(lost)


def _fail() -> None:
    fail("x: expected 1")


def test_a_killed_process_gives_no_answer() -> None:
    process = WorkerProcess()
    process.kill()
    with pytest.raises((EOFError, OSError)):
        process.receive()
    process.close()
