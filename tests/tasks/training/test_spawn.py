"""Processes are started and ended together; ``tests/drills/test_ranks.py`` trains in them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.not_finite import Diverged
from tasks.training.ranks import Ranks
from tasks.training.spawn import LostRank, spawn_ranks


def _work(folder: str, ranks: Ranks, on_progress: Callable[[int, int | None], None]) -> None:
    for number in range(2):
        on_progress(number, 2)
    (Path(folder) / f"{ranks.rank} of {os.environ['WORLD_SIZE']}").touch()


def _fail(kind: str, ranks: Ranks, on_progress: object) -> None:
    if ranks.rank:
        if kind == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise Diverged("step 3: expected finite losses, got nan")
    time.sleep(60)


def test_each_has_its_rank_and_the_first_reports(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    spawn_ranks(
        _work, (str(tmp_path),), 2, state="s", on_progress=lambda done, total: seen.append((done, total))
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0 of 2", "1 of 2"]
    assert seen == [(0, 2), (1, 2)]


@pytest.mark.drill
def test_one_that_is_killed_ends_the_others(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(LostRank) as caught:
        spawn_ranks(_fail, ("killed",), 2, state=str(tmp_path / "s"), on_progress=lambda done, total: None)
    assert str(caught.value) == (
        "process 2 of 2: expected it to train to the end, got ended by signal 9; the others were ended too; no "
        "state was written yet; run the same command again to go on"
    )
    assert time.monotonic() - start < 50


@pytest.mark.drill
def test_an_error_of_one_is_the_error_of_all() -> None:
    with pytest.raises(Diverged, match="step 3: expected finite losses, got nan"):
        spawn_ranks(_fail, ("diverged",), 2, state="s", on_progress=lambda done, total: None)
