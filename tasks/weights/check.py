"""Check the weights of a folder against their headers and the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import (
    MissingWeights,
    find_weights,
    readable,
    verification_status,
    weights_folder,
    weights_in,
)
from assets.weights.registry import registry
from models.checkpoints.read import read_state
from models.checkpoints.safetensors_io import TENSORS
from models.identify import Known, load
from tasks.progress import OnProgress, ignore_progress, tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result for one file."""

    name: str
    # The network, its sizes and whether it is as published; or the problem.
    message: str
    sound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All files of a folder, by name."""

    folder: Path
    files: tuple[Checked, ...]
    # Other files in the folder, which no command reads.
    others: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return all(file.sound for file in self.files)


def check_weights(
    names: Sequence[str] = (),
    folder: str | Path | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
) -> CheckReport:
    """Load every file of the folder, or those of ``names``, strictly, and check all recorded hashes.

    A name without a file counts as wrong. ``on_progress`` counts files. Raises OSError where the folder
    cannot be read.
    """
    place = weights_folder(folder)
    present, others = weights_in(place)
    chosen = sorted(set(names)) if names else present
    return CheckReport(
        folder=place,
        files=tuple(_check(name, place) for name in tracked(chosen, on_progress, len(chosen))),
        others=() if names else tuple(readable(name) for name in others),
    )


def _check(name: str, folder: Path) -> Checked:
    try:
        weights = find_weights(name, folder)
        state = read_state(weights.path)
        known = load(weights.network, state, str(weights.path))
        # Reading the tensors already compared a recorded hash.
        if TENSORS not in weights.metadata:
            raise ValueError(
                f"{weights.path}: expected the hash of its tensors in its header, got none; import or fetch "
                "it again"
            )
        _compare(name, weights.metadata.get("name", name), known)
    except (MissingWeights, ValueError, OSError) as error:
        return Checked(name=name, message=str(error), sound=False)
    sizes = "".join(f", {key} {size}" for key, size in known.sizes.items())
    return Checked(name=name, message=f"{known.network}{sizes}, {verification_status(weights)}", sound=True)


def _compare(name: str, written: str, known: Known) -> None:
    """Raises ValueError if the registry has another network under this name."""
    if written != name:
        raise ValueError(f"{name}: expected weights of this name, got those imported as {written}; rename it")
    entry = registry().get(name)
    if entry is None:
        return
    sizes = ", ".join(f"{key} {size}" for key, size in entry.sizes.items())
    if not entry.fits(known.network, known.sizes):
        found = ", ".join(f"{key} {size}" for key, size in known.sizes.items())
        raise ValueError(
            f"{name}: expected {entry.network} ({sizes}), got {known.network} ({found}); "
            "import the file that is published under this name"
        )
    if entry.parameters not in (None, known.parameters):
        raise ValueError(
            f"{name}: expected {entry.parameters} parameters, got {known.parameters}; "
            "import the file that is published under this name"
        )
