"""The registry of weights beside what a folder holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import (
    MissingWeights,
    find_weights,
    names_in,
    readable,
    standing,
    weights_folder,
    weights_path,
)
from assets.weights.registry import Entry, entry_named, how_to_get, registry


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsRow:
    """One name of the registry, or one file that lies in the folder."""

    name: str
    what: str
    licence: str
    # ``no``, or the first digits of its file's sha256 and where it came from, or ``wrong``.
    here: str
    path: Path
    # The terms in the file's header, where they are other words than the registry's.
    own_licence: str = ""
    # What is wrong with the file.
    problem: str = ""
    entry: Entry | None = None

    def lines(self) -> Iterator[str]:
        """All there is to tell, a fact a line."""
        yield f"{self.name}: {self.what}"
        if self.entry:
            yield f"  licence: {self.licence}"
            yield f"  network: {self.entry.network}{_counted(self.entry)}"
            for file in self.entry.files:
                told = f"sha256 {file.sha256}" if len(file.sha256) == 64 else f"sha256 begins {file.sha256}"
                known = told if file.sha256 else "no hash published"
                yield f"  file: {file.name}, {known}{f' ({file.note})' if file.note else ''}"
        if self.own_licence:
            yield f"  licence in its file: {self.own_licence}"
        yield f"  here: {self.problem or self.here}, {self.path}"
        if self.entry and self.here == "no":
            yield f"  to get it: {how_to_get(self.entry)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsList:
    """The registry in its order, then what else lies in the folder."""

    folder: Path
    rows: tuple[WeightsRow, ...]
    # Other files there, which no command reads: as text, in the order of their names.
    others: tuple[str, ...]


def list_weights(names: Sequence[str] = (), folder: str | Path | None = None) -> WeightsList:
    """All weights, or those of ``names``; the headers of the files in the folder are read.

    A file that cannot be read is told in its row. Raises ValueError for a name that neither the registry
    nor the folder has, OSError where the folder cannot be read.
    """
    place = weights_folder(folder)
    known = registry()
    present, others = names_in(place)
    own = [name for name in present if name not in known]
    for name in names:
        if name not in own:
            entry_named(name)
    chosen = [name for name in (*known, *own) if not names or name in names]
    return WeightsList(
        folder=place,
        rows=tuple(_row(name, known.get(name), place) for name in chosen),
        others=() if names else tuple(readable(name) for name in others),
    )


def _row(name: str, entry: Entry | None, folder: Path) -> WeightsRow:
    here, problem, licence = "no", "", entry.licence if entry else ""
    stated = licence
    try:
        weights = find_weights(name, folder)
        here = f"{weights.sha256[:8]}, {standing(weights)}"
        stated = readable(weights.facts.get("licence", licence))
    except MissingWeights:
        pass
    except (ValueError, OSError) as error:
        here, problem = "wrong", f"wrong: {error}"
    return WeightsRow(
        name=name,
        what=entry.what if entry else "not in the registry",
        licence=licence,
        own_licence=stated if stated != licence else "",
        here=here,
        path=weights_path(name, folder),
        problem=problem,
        entry=entry,
    )


def _counted(entry: Entry) -> str:
    sizes = "".join(f", {key} {size}" for key, size in entry.sizes.items())
    return sizes + (f", {entry.parameters / 1e6:.2f} M parameters" if entry.parameters else "")
