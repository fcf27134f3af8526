"""Which upscaler a bank's objects are enlarged by: the first of an order that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from manifests.lineage import library_versions
from models.optional_packages import MissingExtra, require_networks

LANCZOS = "lanczos"
# Counted beside the upscalers: objects for which a GPU's memory was short.
SMALLER = "smaller_batches"
# How many times larger an object is made, whatever the network's own factor.
FACTOR = 4
# Networks of the weights registry that enlarge.
_ENLARGING = ("glean", "rrdbnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler:
    """What enlarges objects; all but the name is None of Lanczos, which needs no network."""

    name: str
    # ``glean`` or ``rrdbnet``.
    network: str | None = None
    # Of the file of weights.
    path: Path | None = None
    sha256: str | None = None
    # ``auto`` until a worker has looked, then ``cpu`` or ``cuda``.
    device: str | None = None
    precision: str | None = None
    # Of the weights, as their file says.
    licence: str | None = None

    @property
    def decides(self) -> tuple[str, ...]:
        """All of it that decides an object's bytes, beside the code; where the file lies does not."""
        if self.network is None:
            return (self.name,)
        return (
            self.name,
            str(self.network),
            str(self.sha256),
            str(self.device),
            str(self.precision),
            library_versions("torch")["torch"],
        )

    def __str__(self) -> str:
        if self.network is None:
            return self.name
        return (
            f"{self.name} ({self.network}, weights {str(self.sha256)[:12]}, {self.device}, {self.precision})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The upscaler that was taken, and why those before it in the order were not."""

    order: tuple[str, ...]
    upscaler: Upscaler
    passed_over: Mapping[str, str]

    @property
    def facts(self) -> dict[str, object]:
        """For the bank's index."""
        one = self.upscaler
        network = {
            "network": one.network,
            "weights_sha256": one.sha256,
            "device": one.device,
            "precision": one.precision,
            "licence": one.licence,
        }
        return {
            "order": list(self.order),
            "passed_over": dict(self.passed_over),
            "factor": FACTOR,
            **(network if one.network else {}),
        }

    def __str__(self) -> str:
        passed = f"; passed over: {_listed(self.passed_over)}" if self.passed_over else ""
        return f"upscaler {self.upscaler}{passed}"


def choose_upscaler(
    order: str, weights: str | None = None, *, device: str = "auto", precision: str = "float32"
) -> Choice:
    """The first of ``order``, names with commas between, that is there.

    ``lanczos`` always is; any other needs weights of its name in the folder ``weights``, and torch.
    Raises ValueError for an order that is none, weights of no upscaler and damaged ones, and one name
    alone where torch is not installed; FileNotFoundError where none is there.
    """
    names = tuple(name.strip() for name in order.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(
            f"--upscaler: expected names, each once, such as glean,realesrgan,lanczos, got {order!r}"
        )
    found: list[Upscaler] = []
    passed: dict[str, str] = {}
    # All of them are looked at, so that a damaged file or a wrong name shows before it matters.
    for name in names:
        if name == LANCZOS:
            found.append(Upscaler(name=name))
            continue
        looked = _look(name, weights, alone=len(names) == 1)
        if isinstance(looked, Upscaler):
            found.append(replace(looked, device=device, precision=precision))
        elif not found:
            passed[name] = looked
    if not found:
        from assets.weights.files import weights_folder

        said, folder = _listed(passed), weights_folder(weights)
        raise FileNotFoundError(
            f"--upscaler {order}: expected one of them to be there, got none ({said}, in {folder}); run "
            "natocc weights list, which says how to get them, or name lanczos last"
        )
    return Choice(order=names, upscaler=found[0], passed_over=passed)


def _listed(passed: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({why})" for name, why in passed.items())


def _look(name: str, weights: str | None, *, alone: bool) -> Upscaler | str:
    """The network of this name, or why it can't be used; ``alone``: that is an error then."""
    try:
        require_networks(f"--upscaler {name}", ("torch", "safetensors"))
    except MissingExtra as error:
        if alone:
            raise ValueError(str(error)) from error
        return "torch is not installed"
    from assets.weights.files import MissingWeights, find_weights, weights_folder
    from assets.weights.registry import registry

    try:
        found = find_weights(name, weights)
    except MissingWeights:
        known = [entry.name for entry in registry().values() if entry.network in _ENLARGING]
        if name not in known:
            raise ValueError(
                f"--upscaler: expected one of {', '.join((LANCZOS, *known))}, or a name that weights of a "
                f"network that enlarges have in {weights_folder(weights)}, got {name!r}"
            ) from None
        if alone:
            raise
        return "no weights"
    if found.network not in _ENLARGING:
        raise ValueError(
            f"--upscaler {name}: expected weights of a network that enlarges ({', '.join(_ENLARGING)}), "
            f"got {found.network}"
        )
    return Upscaler(
        name=name,
        network=found.network,
        path=found.path.absolute(),
        sha256=found.sha256,
        licence=found.facts.get("licence", "not stated"),
    )
