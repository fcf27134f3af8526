"""A training of RainNet between two steps, as bytes and back, without pickled code."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import torch

from models.checkpoints.read import read_content

FORMAT = "natocc-harmonizer-training/2"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingState:
    """All that the next step hangs on, and what was told of the steps before it."""

    # The next step's number: as many are done.
    step: int
    # The options that decide a training's result; another training has others.
    settings: dict[str, Any]
    # By name of the network, its tensors by name.
    networks: dict[str, dict[str, torch.Tensor]]
    # As optimisers give their state.
    optimisers: list[dict[str, Any]]
    # Sums of the losses since they were last told, and of how many steps.
    sums: dict[str, torch.Tensor] = field(default_factory=dict)
    summed: int = 0
    # Mean losses, an entry every so many steps.
    history: list[dict[str, float]] = field(default_factory=list)


def encode_state(state: TrainingState) -> bytes:
    """In the format of ``torch.save``."""
    stream = io.BytesIO()
    fields = {name: getattr(state, name) for name in TrainingState.__dataclass_fields__}
    torch.save({"format": FORMAT, **fields}, stream)
    return stream.getvalue()


def decode_state(data: bytes, name: str = "checkpoint") -> TrainingState:
    """The state of ``encode_state``, on the CPU. Raises ValueError for other contents."""
    content = read_content(data, name)
    fields = TrainingState.__dataclass_fields__
    if (
        not isinstance(content, dict)
        or content.get("format") != FORMAT
        or content.keys() != {"format", *fields}
    ):
        raise ValueError(
            f"{name}: expected a checkpoint of natocc train-harmonizer, format {FORMAT}, "
            "got something else; remove it to train anew"
        )
    return TrainingState(**{field: content[field] for field in fields})
