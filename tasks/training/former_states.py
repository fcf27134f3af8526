"""State files of earlier releases, read as today's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerFormat:
    """A format by its name: the keys of its files, and how they become the fields of a TrainingState."""

    name: str
    keys: frozenset[str]
    convert: Callable[[Content], dict[str, Any]]


def _from_harmoniser(content: Content) -> dict[str, Any]:
    """One dict of networks; losses were recorded as today."""
    same = ("step", "settings", "networks", "optimisers", "history")
    return {
        **{name: content[name] for name in same},
        "loss_sums": content["sums"],
        "summed_steps": content["summed"],
    }


def _from_upscaler(content: Content) -> dict[str, Any]:
    """Two networks, the discriminator empty where there is none; losses of single steps were recorded."""
    networks = {name: content[name] for name in ("network", "discriminator") if content[name]}
    return {
        "step": content["step"],
        "settings": content["made_from"],
        "networks": networks,
        "optimisers": content["optimisers"],
        "history": content["history"],
    }


FORMER_FORMATS = (
    FormerFormat(
        name="natocc-harmonizer-training/2",
        keys=frozenset({"step", "settings", "networks", "optimisers", "sums", "summed", "history"}),
        convert=_from_harmoniser,
    ),
    FormerFormat(
        name="natocc-train-upscaler/1",
        keys=frozenset({"step", "made_from", "network", "discriminator", "optimisers", "history"}),
        convert=_from_upscaler,
    ),
)
