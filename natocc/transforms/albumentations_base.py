"""The transforms' base class: Albumentations' DualTransform if installed, else a small replacement."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.random import Generator, SeedSequence

from natocc.randomness import draw_seed

_ASKED_BY_COMPOSE = frozenset(
    ("add_targets", "available_keys", "targets", "to_dict_private", "set_processors")
)


class Standalone:
    """Probability and randomness like those of Albumentations' transforms, for calls outside Compose."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p
        self.params: dict[str, Any] = {}
        self._additional_targets: dict[str, str] = {}
        self.set_random_seed(None)

    def set_random_seed(self, seed: int | None) -> None:
        """Reseed the transform's generators; None uses the system's entropy."""
        self.set_random_state(np.random.default_rng(seed), random.Random(seed))  # noqa: S311

    def set_random_state(self, random_generator: Generator, py_random: random.Random) -> None:
        """Draw from these generators from now on."""
        self.random_generator, self.py_random = random_generator, py_random

    def __getattr__(self, name: str) -> NoReturn:
        if name in _ASKED_BY_COMPOSE:
            raise ImportError(
                "Compose: expected albumentations 2.0.8 to be installed, "
                f"{_MISSING}; pip install 'albumentations==2.0.8', or call the transform by itself"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


_MISSING = "got none"

if TYPE_CHECKING:
    Base = Standalone
else:
    try:
        import albumentations
    except ImportError:
        Base = Standalone
    else:
        Base = albumentations.DualTransform
        if not hasattr(Base, "set_random_state"):
            Base, _MISSING = Standalone, f"got {albumentations.__version__}"


def next_seed(generator: Generator) -> int:
    """A 32-bit seed for one call, different in every worker of a PyTorch DataLoader.

    Workers start with copies of the same generator in every epoch. PyTorch gives each worker a different seed
    in each epoch. The mixture of both differs between workers and epochs and is reproducible.
    """
    drawn = draw_seed(generator)
    # Looked up, never imported: if PyTorch is not loaded, there is no worker.
    loaded = sys.modules.get("torch.utils.data")
    worker = None if loaded is None else loaded.get_worker_info()
    if worker is None:
        return drawn
    return int(SeedSequence([drawn, worker.seed % 2**64]).generate_state(1)[0])
