"""The registry of weights, compared with the files of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import (
    MissingWeights,
    find_weights,
    readable,
    verification_status,
    weights_folder,
    weights_in,
    weights_path,
)
from assets.weights.registry import RegistryEntry, entry_named, how_to_get, registry


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsRow:
    """One name of the registry, or one file of the folder."""

    name: str
    what: str
    licence: str
    # ``no``; or the first digits of the file's sha256 and whether it is as published; or ``wrong``.
    here: str
    path: Path
    # The licence in the file's header, if it differs from the registry's.
    file_licence: str = ""
    # What an import took of a file with several sets of weights, and what it left.
    taken: str = ""
    # The file's problem.
    problem: str = ""
    entry: RegistryEntry | None = None

    def lines(self) -> Iterator[str]:
        """All known items, one per line."""
        yield f"{self.name}: {self.what}"
        if self.entry:
            yield f"  licence: {self.licence}"
            yield f"  network: {self.entry.network}{_size_text(self.entry)}"
            for file in self.entry.files:
                note = f" ({file.note})" if file.note else ""
                yield f"  file: {file.name}, {_hash_text(file.sha256)}{note}"
        if self.file_licence:
            yield f"  licence in its file: {self.file_licence}"
        if self.taken:
            yield f"  taken from its file: {self.taken}"
        yield f"  here: {self.problem or self.here}, {self.path}"
        if self.entry and self.here == "no":
            yield f"  to get it: {how_to_get(self.entry)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsList:
    """The registry in its order, then the other files of the folder."""

    folder: Path
    rows: tuple[WeightsRow, ...]
    # Files that no command reads, by name.
    others: tuple[str, ...]


def list_weights(names: Sequence[str] = (), folder: str | Path | None = None) -> WeightsList:
    """All weights, or those of ``names``; the headers of the files in the folder are read.

    An unreadable file is a problem in its row. Raises ValueError for a name that neither the registry nor
    the folder has, OSError where the folder cannot be read.
    """
    place = weights_folder(folder)
    known = registry()
    present, others = weights_in(place)
    unregistered = [name for name in present if name not in known]
    for name in names:
        if name not in unregistered:
            entry_named(name)
    chosen = [name for name in (*known, *unregistered) if not names or name in names]
    return WeightsList(
        folder=place,
        rows=tuple(_row(name, known.get(name), place) for name in chosen),
        others=() if names else tuple(readable(name) for name in others),
    )


def _row(name: str, entry: RegistryEntry | None, folder: Path) -> WeightsRow:
    here, problem, licence = "no", "", entry.licence if entry else ""
    in_file, taken = licence, ""
    try:
        weights = find_weights(name, folder)
        here = f"{weights.sha256[:8]}, {verification_status(weights)}"
        in_file = readable(weights.metadata.get("licence", licence))
        notes = [weights.metadata.get(key) for key in ("source_key", "source_left")]
        taken = "; left: ".join(readable(note) for note in notes if note)
    except MissingWeights:
        pass
    except (ValueError, OSError) as error:
        here, problem = "wrong", f"wrong: {error}"
    return WeightsRow(
        name=name,
        what=entry.what if entry else "not in the registry",
        licence=licence,
        file_licence=in_file if in_file != licence else "",
        taken=taken,
        here=here,
        path=weights_path(name, folder),
        problem=problem,
        entry=entry,
    )


def _hash_text(sha256: str) -> str:
    """The published hash, of which a publisher may state the first digits alone."""
    if not sha256:
        return "no hash published"
    return f"sha256 {sha256}" if len(sha256) == 64 else f"sha256 begins {sha256}"


def _size_text(entry: RegistryEntry) -> str:
    sizes = "".join(f", {key} {size}" for key, size in entry.sizes.items())
    return sizes + (f", {entry.parameters / 1e6:.2f} M parameters" if entry.parameters else "")
