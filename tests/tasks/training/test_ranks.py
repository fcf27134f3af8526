from __future__ import annotations

import pytest

from tasks.training.ranks import Ranks, pictures_a_pass, ranks_here


def test_a_launcher_says_which_process_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ranks_here(1) is None and ranks_here(4) is None
    for name, value in {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    assert ranks_here(4) == Ranks(rank=3, world=4, local=2)
    with pytest.raises(ValueError, match=r"--processes: expected 4, .* \(WORLD_SIZE\), got 2"):
        ranks_here(2)


def test_so_does_slurm_within_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_PROCID", "0")
    assert ranks_here(2) is None, "the script of a job is no step"
    monkeypatch.setenv("SLURM_STEP_ID", "0")
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    found = ranks_here(2)
    assert found == Ranks(rank=0, world=2, local=2) and found.leads


def test_a_batch_is_divided_without_a_rest() -> None:
    assert pictures_a_pass(8, 2, 2) == 2
    with pytest.raises(ValueError, match=r"--batch: expected a multiple of 6 .* got 8"):
        pictures_a_pass(8, 3, 2)
