"""Randomness keyed by what is being made: (seed, stream, sample, stage) and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator


@dataclass(frozen=True, slots=True)
class Streams:
    """The generators of one sample.

    Every stage draws from a generator of its own, so switching a stage off moves no other; the
    worker, the order and the clock have no part in it.
    """

    seed: int
    stream: str
    sample: str

    def stage(self, name: str) -> Generator:
        """A fresh generator for the stage, at its beginning on every call."""
        text = f"{self.seed}\x1f{self.stream}\x1f{self.sample}\x1f{name}"
        digest = hashlib.sha256(text.encode()).digest()
        return Generator(PCG64(int.from_bytes(digest[:16], "little")))


def draw_seed(rng: Generator) -> int:
    """A 32-bit seed to be recorded, for a stage whose randomness is too bulky to record."""
    return int(rng.integers(0, 2**32, dtype=np.uint64))


def draw_range(rng: Generator, limits: tuple[float, float]) -> float:
    """Uniform in [low, high)."""
    return float(rng.uniform(*limits))
