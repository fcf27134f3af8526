"""Identify the network of a weight file by the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import nn

from models.checkpoints.contents import entries_of, tensor_keys
from models.checkpoints.names import StateDict, some
from models.checkpoints.select import NoSuchTensors, Selection, keys_of, select
from models.registry import NETWORKS, WITH_WEIGHTS, imported, network_named, sizes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An identified network with its weights."""

    # A name in models/registry.py.
    network: str
    # Configuration values that distinguish networks of one architecture.
    sizes: Mapping[str, int]
    module: nn.Module

    def state(self) -> StateDict:
        """The float32 tensors under the names that loading expects."""
        return dict(self.module.state_dict())

    @property
    def parameters(self) -> int:
        """Number of values in all saved tensors."""
        return sum(value.numel() for value in self.module.state_dict().values())


def identify(
    content: object, name: str = "checkpoint", key: str = "", wanted: str = ""
) -> tuple[Known, Selection]:
    """Return the network in the content of a file, loaded strictly, and where it lies.

    ``key`` chooses one of several; error messages start with ``name``, and say what a file of no known
    network lacks for the ``wanted`` one.

    Raises ValueError for an unknown network, and for tensors that do not fit the identified network.
    """
    for network in WITH_WEIGHTS:
        try:
            selection = select(content, NETWORKS[network].markers, name, key)
        except NoSuchTensors:
            continue
        return _load_selected(network, content, selection, name), selection
    if wanted in WITH_WEIGHTS and not key and not keys_of(content, NETWORKS[wanted].markers, name):
        # Raises, with the names of the tensors that are missing.
        select(content, NETWORKS[wanted].markers, name)
    raise ValueError(_unknown(content, name, key))


def load(network: str, content: object, name: str = "checkpoint") -> Known:
    """Load the tensors of a known network. Raises ValueError unless they match it exactly."""
    try:
        row = network_named(network, WITH_WEIGHTS)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    module: nn.Module = imported(row.loader)(content, name)
    return Known(network=network, sizes=sizes_of(row, module), module=module)


def _load_selected(network: str, content: object, selection: Selection, name: str) -> Known:
    if not selection.key:
        return load(network, selection.tensors, name)
    try:
        return load(network, selection.tensors, f"{name}, {selection.key}")
    except ValueError as error:
        # A key takes what lies under it, without unknown names beside it.
        keys = keys_of(content, NETWORKS[network].markers, name)
        raise ValueError(f"{error}; or choose by --key: {some(keys)}") from error


def _unknown(content: object, name: str, key: str) -> str:
    """The message for a file without a known network where one is looked for."""
    keys: Sequence[str] = next(
        filter(None, (keys_of(content, NETWORKS[n].markers, name) for n in WITH_WEIGHTS)), ()
    )
    if key:
        return f"{name}: expected weights under --key {key}, got none; {_advice(keys)}"
    if keys:
        return f"{name}: expected weights under a name such as state_dict, got others; {_advice(keys)}"
    return (
        f"{name}: expected the tensors of one of {', '.join(WITH_WEIGHTS)}, got "
        f"{some(tensor_keys(entries_of(content, name)))}; use a file of one of these networks"
    )


def _advice(keys: Sequence[str]) -> str:
    if not keys:
        return "no network of ours lies in this file"
    return f"weights lie under {some(keys)}: say which by --key, such as --key {keys[0]}"
