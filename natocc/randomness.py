"""Random generators keyed by (seed, stream, sample, stage) alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator


@dataclass(frozen=True, slots=True)
class Streams:
    """The generators of one sample.

    Every stage has a separate generator, so switching a stage off changes no other. Draws depend on neither
    worker, order nor time.
    """

    seed: int
    stream: str
    sample: str

    def stage(self, name: str) -> Generator:
        """The generator of a stage; every call returns it at its start."""
        text = f"{self.seed}\x1f{self.stream}\x1f{self.sample}\x1f{name}"
        digest = hashlib.sha256(text.encode()).digest()
        return Generator(PCG64(int.from_bytes(digest[:16], "little")))


def draw_seed(rng: Generator) -> int:
    """A 32-bit seed to record for a stage whose draws are too many to record."""
    return int(rng.integers(0, 2**32, dtype=np.uint64))


def draw_range(rng: Generator, limits: tuple[float, float]) -> float:
    """Uniform in [low, high)."""
    return float(rng.uniform(*limits))
