"""Where a recipe's sliced transport runs: NumPy on the CPU, or torch on a GPU."""

from __future__ import annotations

from importlib.util import find_spec

from manifests.recipe import Recipe
from models.device import choose_device
from models.optional_packages import MissingExtra, require_networks
from natocc.machine import Machine


def choose_transfer_device(recipe: Recipe, machine: Machine) -> str | None:
    """The GPU for ``transfer_method: sot`` (cuda), or None where NumPy moves the colours.

    Raises ValueError with one line if a GPU is asked for and torch or the GPU is missing.
    """
    moves = recipe.transfer_method == "sot" and any(row.colour_transfer for row in recipe.sets)
    if not moves or machine.device == "cpu":
        return None
    if machine.device == "auto" and find_spec("torch") is None:
        return None
    try:
        require_networks(f"sot on {machine.device}", ("torch",))
    except MissingExtra as error:
        raise ValueError(str(error)) from error
    device = choose_device(machine.device)
    return None if device == "cpu" else device
