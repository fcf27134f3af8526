"""The faults of one file: names by kind of fault, one line a kind."""

from __future__ import annotations

from collections.abc import Iterator

from assets.problems import Problem
from assets.reading.tally import Tally


class Faults:
    """Collects names by kind of fault."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], Tally] = {}

    def add(self, expected: str, got: str, name: str) -> None:
        self._names.setdefault((expected, got), Tally()).add(name)

    def kinds(self) -> Iterator[tuple[str, str, Tally]]:
        """What is expected, what came, and the names, for each kind of fault."""
        for (expected, got), names in self._names.items():
            yield expected, got, names

    def problems(self, where: str) -> Iterator[Problem]:
        for expected, got, names in self.kinds():
            yield Problem(path=where, expected=expected, got=f"{got} {names}")
