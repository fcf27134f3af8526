"""Encode and decode the state of a training between two steps, without pickled code."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from torch import Tensor

from models.checkpoints.read import read_content
from models.checkpoints.values_hash import values_sha256
from models.not_finite import first_not_finite
from tasks.training.former_states import FORMER_FORMATS

_FORMAT = "natocc-training/2"
# Without a hash; the archive's check sums are compared by ``read_content``.
_WITHOUT_HASH = "natocc-training/1"
_INSTEAD = "use another --out, or remove the file to train from the start"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingState:
    """The complete input of the next steps, and the loss history."""

    # Finished steps. Batches and random draws follow from a step's number, so no random state is stored.
    step: int
    # Settings that determine the weights: options, photographs, given weights. Values are texts and numbers.
    settings: Mapping[str, object]
    # Tensors by name, for each network by name.
    networks: Mapping[str, Mapping[str, Tensor]]
    # ``state_dict`` of each optimiser, in the networks' order, and of each learning-rate schedule.
    optimisers: Sequence[Mapping[str, Any]]
    schedules: Sequence[Mapping[str, Any]] = ()
    # Sums of the losses since the last row of the history, and the number of summed steps.
    loss_sums: Mapping[str, Tensor] = field(default_factory=dict)
    summed_steps: int = 0
    # Each row has a step and the mean losses since the previous row.
    history: Sequence[Mapping[str, float]] = ()

    def not_finite(self) -> str | None:
        """Return the network or optimiser that holds NaN or infinity, or None."""
        optimisers = zip(self.networks, self.optimisers, strict=False)
        return first_not_finite(
            {**self.networks, **{f"{name}'s optimiser": state for name, state in optimisers}}
        )


def encode_state(state: TrainingState) -> bytes:
    """Encode the state in the format of ``torch.save``, with a hash of all of it."""
    stream = io.BytesIO()
    content = {attribute.name: getattr(state, attribute.name) for attribute in fields(state)}
    torch.save({"format": _FORMAT, "sha256": values_sha256(content), **content}, stream)
    return stream.getvalue()


def decode_state(data: bytes, name: str = "state") -> TrainingState:
    """Decode a state on the CPU; former formats are supported.

    Raises ValueError for other bytes, and for a state that differs from its hash or its check sums.
    """
    try:
        content = read_content(data, name)
    except ValueError as error:
        raise ValueError(f"{error}; or {_INSTEAD}") from error
    names = {attribute.name for attribute in fields(TrainingState)}
    if isinstance(content, dict):
        for former in FORMER_FORMATS:
            if content.get("format") == former.name and content.keys() == {"format", *former.keys}:
                return TrainingState(**former.convert(content))
        if content.get("format") == _FORMAT and content.keys() == {"format", "sha256", *names}:
            _check_hash(content, names, name)
            return TrainingState(**{key: content[key] for key in names})
        if content.get("format") == _WITHOUT_HASH and content.keys() == {"format", *names}:
            return TrainingState(**{key: content[key] for key in names})
    found = content.get("format") if isinstance(content, dict) else type(content).__name__
    raise ValueError(f"{name}: expected the state of a training ({_FORMAT}), got {found!r}; {_INSTEAD}")


def _check_hash(content: Mapping[str, Any], names: Collection[str], name: str) -> None:
    stated = content["sha256"]
    found = values_sha256({key: value for key, value in content.items() if key in names})
    if found != stated:
        raise ValueError(
            f"{name}: expected the state with sha256 {str(stated)[:12]}…, got {found[:12]}…: it is damaged "
            f"or was changed; {_INSTEAD}"
        )
