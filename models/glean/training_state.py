"""A training that can go on: everything that its next steps hang on, as bytes, without code in them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from models.checkpoints.read import read_content
from models.not_finite import first_not_finite

FORMAT = "natocc-train-upscaler/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """After ``step`` steps. Batches follow from the step's number, so there is no other randomness."""

    step: int
    # What the training is made from: options, photographs, weights; a resumed one must have the same.
    made_from: Mapping[str, str]
    network: Mapping[str, Tensor]
    # Empty where there is none.
    discriminator: Mapping[str, Tensor]
    optimisers: Sequence[Mapping[str, object]]
    # One row now and then: the step and its losses.
    history: Sequence[Mapping[str, float]]

    def not_finite(self) -> str | None:
        """Which network holds a number that is not finite, or which one's optimiser; None for none."""
        names = ("upscaler", "discriminator")
        optimisers = zip((f"{name}'s optimiser" for name in names), self.optimisers, strict=False)
        networks = zip(names, (self.network, self.discriminator), strict=True)
        return first_not_finite(dict(networks) | dict(optimisers))


def encode_state(state: TrainingState) -> bytes:
    """The state in the format of ``torch.save``."""
    stream = io.BytesIO()
    torch.save({"format": FORMAT, **_fields(state)}, stream)
    return stream.getvalue()


def decode_state(data: bytes, name: str = "state") -> TrainingState:
    """The state of ``encode_state``, on the CPU. ValueError for bytes that are none."""
    content = read_content(data, name)
    names = {one.name for one in fields(TrainingState)}
    if (
        not isinstance(content, dict)
        or content.get("format") != FORMAT
        or content.keys() != names | {"format"}
    ):
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise ValueError(
            f"{name}: expected the state of a training ({FORMAT}), got {found!r}; "
            "remove the file to start anew, or name another --out"
        )
    return TrainingState(**{key: content[key] for key in names})


def _fields(state: TrainingState) -> dict[str, object]:
    """Fields by name, none of them copied."""
    return {one.name: getattr(state, one.name) for one in fields(state)}
