"""The harmoniser of a recipe: arithmetic, or a network whose weights, packages and device are checked."""

from __future__ import annotations

from dataclasses import dataclass

from assets.weights.files import MissingWeights, find_weights, weights_folder
from assets.weights.registry import registry
from manifests.recipe import Recipe
from manifests.shard_plan import NetworkUse
from models.device import choose_device
from models.optional_packages import MissingExtra, require_networks
from models.registry import networks_for
from natocc.harmonise.statistics import HARMONISERS
from natocc.machine import DEVICES, FULL_RANGE_PRECISIONS, Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenNetwork:
    """A harmonising network: its name in models/registry.py, and its use."""

    architecture: str
    use: NetworkUse


def choose_network(recipe: Recipe, machine: Machine) -> ChosenNetwork | None:
    """The recipe's harmonising network; None if the harmoniser is arithmetic or absent.

    Raises ValueError or FileNotFoundError with one line: an unknown name, missing packages or weights,
    weights of another network, or a missing device.
    """
    _check(machine)
    name = recipe.harmoniser
    if name is None or name in HARMONISERS:
        return None
    try:
        found = find_weights(name, machine.weights)
    except MissingWeights as error:
        known = [entry.name for entry in registry().values() if entry.network in networks_for("harmoniser")]
        if name not in known:
            raise ValueError(
                f"expected one of {', '.join((*HARMONISERS, *known))}, or a name that weights of a network "
                f"that harmonises have in {weights_folder(machine.weights)}, got {name!r}"
            ) from error
        raise MissingWeights(f"{error}; or build with --harmoniser statistics") from error
    if found.network not in networks_for("harmoniser"):
        raise ValueError(
            f"{found.path}: expected weights of a network that harmonises, got {found.network}; "
            "natocc weights list tells which do"
        )
    try:
        require_networks(f"harmoniser {name}", ("torch",))
    except MissingExtra as error:
        raise ValueError(str(error)) from error
    use = NetworkUse(
        name=name,
        weights_sha256=found.sha256,
        lift=recipe.lift,
        side=recipe.harmoniser_size,
        device=choose_device(machine.device),
        precision=machine.precision,
        licence=found.metadata.get("licence", "not stated"),
    )
    return ChosenNetwork(architecture=found.network, use=use)


def _check(machine: Machine) -> None:
    for name, known in (("device", DEVICES), ("precision", FULL_RANGE_PRECISIONS)):
        if (value := getattr(machine, name)) not in known:
            raise ValueError(f"--{name}: expected one of {', '.join(known)}, got {value!r}")
