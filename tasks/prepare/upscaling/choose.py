"""Choose the upscaler of a bank's objects: the first available name of an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from manifests.code_identity import network_identity
from manifests.lineage import library_versions
from models.optional_packages import MissingExtra, require_networks
from models.registry import networks_for

LANCZOS = "lanczos"
# Counted besides the upscalers: objects that needed smaller batches because a GPU's memory was short.
SMALLER = "smaller_batches"
# Objects are enlarged by this factor, regardless of the network's factor.
FACTOR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler:
    """An upscaler of objects. For Lanczos, which needs no network, all fields except the name are None."""

    name: str
    # An upscaler of models/registry.py.
    network: str | None = None
    # The file of weights.
    path: Path | None = None
    sha256: str | None = None
    # ``auto`` until a worker has loaded the network, then ``cpu`` or ``cuda``.
    device: str | None = None
    precision: str | None = None
    # The licence in the header of the weights.
    licence: str | None = None

    @property
    def cache_fields(self) -> tuple[str, ...]:
        """The upscaler's part of a shard's key; the path of the weights does not change bytes."""
        if self.network is None:
            return (self.name,)
        return (
            self.name,
            str(self.network),
            str(self.sha256),
            str(self.device),
            str(self.precision),
            library_versions("torch")["torch"],
            network_identity(self.network),
        )

    def __str__(self) -> str:
        if self.network is None:
            return self.name
        return (
            f"{self.name} ({self.network}, weights {str(self.sha256)[:12]}, {self.device}, {self.precision})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerChoice:
    """The upscaler in use, and the reasons against those before it in the order, by name."""

    order: tuple[str, ...]
    upscaler: Upscaler
    skipped: Mapping[str, str]

    @property
    def metadata(self) -> dict[str, object]:
        """The fields for the bank's index."""
        upscaler = self.upscaler
        network = {
            "network": upscaler.network,
            "weights_sha256": upscaler.sha256,
            "device": upscaler.device,
            "precision": upscaler.precision,
            "licence": upscaler.licence,
        }
        return {
            "order": list(self.order),
            "passed_over": dict(self.skipped),
            "factor": FACTOR,
            **(network if upscaler.network else {}),
        }

    def __str__(self) -> str:
        skipped = f"; skipped: {_listed(self.skipped)}" if self.skipped else ""
        return f"upscaler {self.upscaler}{skipped}"


def choose_upscaler(
    order: str, weights: str | None = None, *, device: str = "auto", precision: str = "float32"
) -> UpscalerChoice:
    """The first available upscaler of ``order``, names with commas between.

    ``lanczos`` is always available; any other name needs torch and weights of that name in the folder
    ``weights``. Raises ValueError for a malformed order, for damaged weights or weights of no upscaler, and
    for a single name where torch is not installed; FileNotFoundError if none is available.
    """
    names = tuple(name.strip() for name in order.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(
            f"--upscaler: expected names, each once, such as glean,realesrgan,lanczos, got {order!r}"
        )
    found: list[Upscaler] = []
    skipped: dict[str, str] = {}
    # The names after the first available one are checked too: a damaged file or a wrong name is an error.
    for name in names:
        if name == LANCZOS:
            found.append(Upscaler(name=name))
            continue
        looked = _look(name, weights, alone=len(names) == 1)
        if isinstance(looked, Upscaler):
            found.append(replace(looked, device=device, precision=precision))
        elif not found:
            skipped[name] = looked
    if not found:
        from assets.weights.files import weights_folder

        reasons = f"{_listed(skipped)}, in {weights_folder(weights)}"
        raise FileNotFoundError(
            f"--upscaler {order}: expected one of them to be there, got none ({reasons}); run "
            "natocc weights list, which says how to get them, or name lanczos last"
        )
    return UpscalerChoice(order=names, upscaler=found[0], skipped=skipped)


def _listed(skipped: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({reason})" for name, reason in skipped.items())


def _look(name: str, weights: str | None, *, alone: bool) -> Upscaler | str:
    """The network of this name, or the reason why it can't be used; with ``alone`` that is an error."""
    try:
        require_networks(f"--upscaler {name}", ("torch", "safetensors"))
    except MissingExtra as error:
        if alone:
            raise ValueError(str(error)) from error
        return "torch is not installed"
    from assets.weights.files import MissingWeights, find_weights, weights_folder
    from assets.weights.registry import registry

    enlarging = networks_for("upscaler")
    try:
        found = find_weights(name, weights)
    except MissingWeights:
        known = [entry.name for entry in registry().values() if entry.network in enlarging]
        if name not in known:
            raise ValueError(
                f"--upscaler: expected one of {', '.join((LANCZOS, *known))}, or a name that weights of a "
                f"network that enlarges have in {weights_folder(weights)}, got {name!r}"
            ) from None
        if alone:
            raise
        return "no weights"
    if found.network not in enlarging:
        raise ValueError(
            f"--upscaler {name}: expected weights of a network that enlarges ({', '.join(enlarging)}), "
            f"got {found.network}"
        )
    return Upscaler(
        name=name,
        network=found.network,
        path=found.path.absolute(),
        sha256=found.sha256,
        licence=found.metadata.get("licence", "not stated"),
    )
