"""Processes that train one network together: which of them this one is."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """``rank`` of ``world`` processes, from 0; ``local`` of them run on this machine."""

    rank: int = 0
    world: int = 1
    local: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0


ONE_PROCESS = Ranks()


def ranks_here(processes: int) -> Ranks | None:
    """Return this process's rank if a launcher started it as one of several, torchrun or Slurm; else None.

    Raises ValueError if the launcher started another number of processes than ``processes``.
    """
    names = ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE")
    if "RANK" not in os.environ and "SLURM_STEP_ID" in os.environ:
        names = ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS_PER_NODE")
    if names[0] not in os.environ or int(os.environ.get(names[1], 1)) == 1:
        return None
    world = int(os.environ[names[1]])
    if world != processes:
        raise ValueError(
            f"--processes: expected {world}, as many as the launcher started ({names[1]}), got {processes}"
        )
    return Ranks(rank=int(os.environ[names[0]]), world=world, local=int(os.environ.get(names[2], world)))


def pictures_a_pass(batch: int, processes: int, accumulate: int) -> int:
    """Return the pictures of one pass of one process. Raises ValueError if they are no whole number."""
    parts = processes * accumulate
    if batch % parts:
        raise ValueError(
            f"--batch: expected a multiple of {parts} (processes times accumulated passes), got {batch}"
        )
    return batch // parts
