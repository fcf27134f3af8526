"""Convert state files of earlier releases to the current format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerFormat:
    """A former format: its name, the keys of its files, and their conversion to TrainingState fields."""

    name: str
    keys: frozenset[str]
    convert: Callable[[Content], dict[str, Any]]


def _from_harmoniser(content: Content) -> dict[str, Any]:
    """Convert one dict of networks; the loss history is unchanged."""
    same = ("step", "settings", "networks", "optimisers", "history")
    return {
        **{name: content[name] for name in same},
        "loss_sums": content["sums"],
        "summed_steps": content["summed"],
    }


def _from_upscaler(content: Content) -> dict[str, Any]:
    """Convert two networks; a missing discriminator is empty. The losses are those of single steps."""
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
