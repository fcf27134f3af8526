"""The tensors of one network among everything that a checkpoint holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.checkpoints.contents import (
    CheckpointEntry,
    StatePlace,
    entries_of,
    has_tensors,
    is_plain,
    places_in,
    problem_of,
    tensor_keys,
)
from models.checkpoints.names import StateDict, diverging, is_averaged, is_companion, is_wrapping, some

# The key of a network that lies in the file itself.
ITSELF = "."


class NoSuchTensors(ValueError):
    """A checkpoint has no tensors of the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The tensors of one network, and what lies beside them in its file."""

    tensors: StateDict
    # The dicts and the prefix around them, with dots; empty for a file that is the network itself.
    key: str
    averaged: bool
    # The keys of everything else that has tensors.
    left: tuple[str, ...]

    def remark(self) -> str:
        """What was taken and what was left; "" for a file that is the network itself."""
        if not (self.key or self.left):
            return ""
        averaged = " (averaged weights)" if self.averaged else ""
        return f"taken: {self.key or ITSELF}{averaged}; left: {some(self.left) or 'nothing'}"


def unwrapped(content: object, markers: Iterable[str], name: str) -> StateDict:
    """Return the tensors of ``select``."""
    return select(content, markers, name).tensors


def select(content: object, markers: Iterable[str], name: str, key: str = "") -> Selection:
    """Return the tensors of a network that has a tensor with one of the names in ``markers``.

    The network lies in dicts and behind prefixes that trainers use, such as ``state_dict`` and
    ``module.generator.``. Averaged weights are preferred to the last ones; ``key`` chooses others. Unknown
    names beside the network stay, so that loading reports them. Messages start with ``name``.

    Raises NoSuchTensors if no marker is found, and ValueError if several sets of weights remain, or for what
    is no tensor with values of its own.
    """
    markers = tuple(markers)
    entries = entries_of(content, name)
    places = every = places_in(entries, markers)
    accepted = [place for place in places if _accepts(place, key)]
    if not accepted:
        raise NoSuchTensors(
            f"{name}: expected a tensor named {' or '.join(markers)}, got {some(tensor_keys(entries))}; "
            "use a file of this network"
        )
    averaged = [place for place in accepted if _averaged(place, content, entries)]
    chosen = _only(averaged or accepted, places, entries, name)
    # Tensors under other prefixes are unknown names.
    places = [place for place in places if place == chosen or is_wrapping(place.key)]
    kept = {entry: _is_kept(entry, chosen, places, alone=bool(key)) for entry in entries}
    beside = [entry for entry in entries if not kept[entry] and has_tensors(entry.value)]
    return Selection(
        tensors=_tensors([entry for entry in entries if kept[entry]], chosen, name),
        key=chosen.key,
        averaged=chosen in averaged,
        left=tuple(_named(beside, chosen, places, every)),
    )


def opened(content: object, name: str = "checkpoint") -> StateDict:
    """Return the tensors of content that has tensors by name alone, and plain numbers beside them."""
    entries = entries_of(content, name)
    inner = list(dict.fromkeys(entry.folder for entry in entries if entry.folder))
    if inner:
        raise ValueError(f"{name}: expected tensors by name, got dicts: {some(inner)}; import the file first")
    return _tensors(entries, StatePlace("", ""), name)


def keys_of(content: object, markers: Sequence[str], name: str) -> list[str]:
    """The keys under which a network with these markers lies, also those that only ``key`` chooses."""
    return [place.key or ITSELF for place in places_in(entries_of(content, name), markers)]


def _accepts(place: StatePlace, key: str) -> bool:
    """Whether a place is meant: by its key, or without one where trainers store networks."""
    if not key:
        return is_wrapping(place.key)
    if key in (place.key, ITSELF):
        return place.key == key.strip(ITSELF)
    return place.key.startswith(f"{key}.") and is_wrapping(place.key.removeprefix(f"{key}."))


def _averaged(place: StatePlace, content: object, entries: Sequence[CheckpointEntry]) -> bool:
    """Whether the weights of a place are averaged over the steps of the training."""
    root = content if isinstance(content, Mapping) else {}
    meta = root.get("meta")
    if isinstance(meta, Mapping) and "mmengine_version" in meta and "ema_state_dict" in root:
        # MMEngine swaps them when it saves.
        return place.folder == "state_dict"
    if {"averaging_state", "current_model_state"} <= root.keys():
        # So does Lightning's WeightAveraging.
        return place.folder == "state_dict"
    # torch's AveragedModel counts beside its module.
    counter = f"{place.prefix.removesuffix('module.')}n_averaged"
    counted = any(entry.folder == place.folder and entry.name == counter for entry in entries)
    return counted or is_averaged(place.key)


def _only(
    among: Sequence[StatePlace], places: Sequence[StatePlace], entries: Sequence[CheckpointEntry], name: str
) -> StatePlace:
    """The single place, or the first of several with equal tensors."""
    first, *others = among
    if others:
        sets = [
            {e.name.removeprefix(p.prefix): e.value for e in entries if _owner(e, places) == p} for p in among
        ]
        if not all(_equal(sets[0], other) for other in sets[1:]):
            keys = [place.key or ITSELF for place in among]
            raise ValueError(
                f"{name}: expected one set of weights of this network, got {some(keys)}; "
                f"say which by --key, such as --key {keys[0]}"
            )
    return first


def _equal(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())


def _same(one: object, other: object) -> bool:
    """Whether two values are tensors with equal bytes."""
    if not (isinstance(one, Tensor) and isinstance(other, Tensor)) or one.shape != other.shape:
        return False
    stored = all(problem_of(value) is None and not value.is_meta for value in (one, other))
    first, second = (
        (value.detach().contiguous().flatten() for value in (one, other)) if stored else (one, other)
    )
    return (
        stored and one.dtype == other.dtype and torch.equal(first.view(torch.uint8), second.view(torch.uint8))
    )


def _owner(entry: CheckpointEntry, places: Sequence[StatePlace]) -> StatePlace | None:
    """The place that a value belongs to: that with the longest prefix."""
    fitting = [place for place in places if place.has(entry)]
    return max(fitting, key=lambda place: len(place.prefix), default=None)


def _is_kept(
    entry: CheckpointEntry, chosen: StatePlace, places: Sequence[StatePlace], *, alone: bool
) -> bool:
    """Whether a value is of the chosen network, or of nothing that is known.

    ``alone``: unknown names beside a prefix are dropped, since a key was given.
    """
    owner = _owner(entry, places)
    if entry.folder != chosen.folder or owner is not None:
        return owner == chosen
    return not alone and not is_companion(entry.name, chosen.prefix)


def _tensors(entries: Sequence[CheckpointEntry], place: StatePlace, name: str) -> StateDict:
    """The tensors by their names in the network; plain numbers are passed over."""
    found: StateDict = {}
    problems = []
    for entry in entries:
        problem = problem_of(entry.value)
        if isinstance(entry.value, Tensor) and problem is None:
            found[entry.name.removeprefix(place.prefix) if place.has(entry) else entry.name] = entry.value
        elif not is_plain(entry.value):
            problems.append(f"{entry.name} ({problem})")
    if problems:
        raise ValueError(
            f"{name}: expected tensors by name, got something else under {some(problems)}; save its "
            "state_dict as float32 tensors where it was made: torch.save(model.state_dict(), 'weights.pth')"
        )
    if not found:
        raise ValueError(f"{name}: expected tensors by name, got nothing; use the file as published")
    return found


def _named(
    beside: Sequence[CheckpointEntry],
    chosen: StatePlace,
    places: Sequence[StatePlace],
    every: Sequence[StatePlace],
) -> Iterator[str]:
    """The keys of what is left. Averaged weights that can't be taken are named as such.

    ``every`` place has the network's names, also those that only a key chooses.
    """
    keys = [place.key for place in every]
    groups: dict[str, bool] = {}
    for entry in beside:
        key = _group(entry, chosen, places)
        counter = isinstance(entry.value, Tensor) and not entry.value.ndim
        groups[key] = groups.get(key, False) or not counter
    for key, weights in groups.items():
        taken = any(f"{place}.".startswith(f"{key}.") for place in keys)
        unnamed = weights and is_averaged(key) and not taken
        yield f"{key} (averaged, without the network's names)" if unnamed else key


def _group(entry: CheckpointEntry, chosen: StatePlace, places: Sequence[StatePlace]) -> str:
    """The key under which a value that is left is mentioned: its network's, or the first that differs."""
    if owner := _owner(entry, places):
        return owner.key or ITSELF
    return ".".join(entry.key.split(".")[: diverging(entry.key, chosen.key) + 1])
