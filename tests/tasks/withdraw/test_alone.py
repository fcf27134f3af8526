from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shards.lock import InUse, lock
from tasks.withdraw.alone import alone
from tasks.withdraw.options import WithdrawOptions


@pytest.fixture
def options(tmp_path: Path) -> Callable[..., WithdrawOptions]:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "latest.json").write_text("{}")

    def make(dataset: str = "", **fields: bool) -> WithdrawOptions:
        folder = str(tmp_path / dataset)
        return WithdrawOptions(input="x", dataset=folder, raw=tmp_path, bank=str(tmp_path / "bank"), **fields)

    return make


def hold(folder: str, held: object, free: object) -> None:
    with lock(folder, name=".lock-withdraw"):
        held.set()  # type: ignore[attr-defined]
        free.wait(60)  # type: ignore[attr-defined]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """A withdrawal from dataset b in another process, and how it ends."""
    context = multiprocessing.get_context("spawn")
    held, free = context.Event(), context.Event()
    process = context.Process(target=hold, args=(str(tmp_path / "b"), held, free))
    process.start()
    assert held.wait(60)
    yield free.set
    free.set()
    process.join()


def test_another_withdrawal_from_one_of_the_datasets_is_named(
    options: Callable[..., WithdrawOptions], other: Callable[[], None]
) -> None:
    with pytest.raises(InUse, match="expected no other run that writes here, got"), alone(options()):
        pass
    with alone(options("a")), alone(options(dry_run=True)):
        pass


def test_with_wait_it_goes_on_when_the_other_has_ended(
    options: Callable[..., WithdrawOptions], other: Callable[[], None], tmp_path: Path
) -> None:
    threading.Timer(0.5, other).start()
    with alone(options(wait=True)):
        assert (tmp_path / "b/.lock-withdraw").exists()
    assert not list(tmp_path.rglob(".lock*"))
