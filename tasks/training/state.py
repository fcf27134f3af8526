"""The state of a training between two steps, as bytes and back, without pickled code."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from torch import Tensor

from models.checkpoints.read import read_content
from models.not_finite import first_not_finite
from tasks.training.former_states import FORMER_FORMATS

_FORMAT = "natocc-training/1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingState:
    """All that the next steps depend on, and the history of the losses."""

    # Steps that are done. Batches and draws follow from a step's number, so there is no other randomness.
    step: int
    # What the weights depend on: options, photographs, given weights. Values are texts and numbers.
    settings: Mapping[str, object]
    # By name of the network, its tensors by name.
    networks: Mapping[str, Mapping[str, Tensor]]
    # ``state_dict`` of each optimiser, in the networks' order, and of each learning rate schedule.
    optimisers: Sequence[Mapping[str, Any]]
    schedules: Sequence[Mapping[str, Any]] = ()
    # Sums of the losses since the last row of the history, and the number of steps in them.
    loss_sums: Mapping[str, Tensor] = field(default_factory=dict)
    summed_steps: int = 0
    # Rows of a step and the mean losses since the row before.
    history: Sequence[Mapping[str, float]] = ()

    def not_finite(self) -> str | None:
        """The network, or the network's optimiser, that holds NaN or infinity; None where all are finite."""
        optimisers = zip(self.networks, self.optimisers, strict=False)
        return first_not_finite(
            {**self.networks, **{f"{name}'s optimiser": state for name, state in optimisers}}
        )


def encode_state(state: TrainingState) -> bytes:
    """The state in the format of ``torch.save``."""
    stream = io.BytesIO()
    content = {attribute.name: getattr(state, attribute.name) for attribute in fields(state)}
    torch.save({"format": _FORMAT, **content}, stream)
    return stream.getvalue()


def decode_state(data: bytes, name: str = "state") -> TrainingState:
    """The state of ``encode_state``, on the CPU; former formats are read too. ValueError for other bytes."""
    content = read_content(data, name)
    names = {attribute.name for attribute in fields(TrainingState)}
    if isinstance(content, dict):
        for former in FORMER_FORMATS:
            if content.get("format") == former.name and content.keys() == {"format", *former.keys}:
                return TrainingState(**former.convert(content))
        if content.get("format") == _FORMAT and content.keys() == {"format", *names}:
            return TrainingState(**{key: content[key] for key in names})
    found = content.get("format") if isinstance(content, dict) else type(content).__name__
    raise ValueError(
        f"{name}: expected the state of a training ({_FORMAT}), got {found!r}; use another --out, or remove "
        "the file to train from the start"
    )
