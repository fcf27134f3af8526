"""What the pages of a benchmark are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.benchmark.scores.results import Comparison, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The state of a training after ``step`` steps; nan for what was not measured then."""

    step: int
    loss: float
    validation_iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One training: how it went, and what came of it."""

    network: str
    arm: str
    seed: int
    steps: int
    # The weights that it started from, and what its best weights were chosen by.
    started_from: str
    selected_on: str
    # sha256 of the weights.
    checkpoint: str
    curve: tuple[CurvePoint, ...]
    seconds: float
    command: str
    # Of the data that it learnt from, with their hashes.
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedArm:
    """An arm, and the row of the paper's tables that it re-creates; "" for none."""

    name: str
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSet:
    """A test set. ``missing`` says why there are no pictures of it."""

    name: str
    policy: str = ""
    pictures: int = 0
    groups: int = 0
    licences: tuple[str, ...] = ()
    fingerprint: str = ""
    missing: str = ""
    # Whether nothing lies over its faces.
    unoccluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpeed:
    """Pictures a second, one by one after a warm-up, of ``side`` pixels."""

    network: str
    pictures_a_second: float
    side: int
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkMaterial:
    """All that is told of a benchmark, but pictures.

    ``comparisons`` were named before training; ``differences`` are further ones, untested, for claims.
    ``files``: name and sha256 of the files that the figures were computed from. ``remarks`` are a claim's id
    and a sentence on it, for claims that are measured in another way.
    """

    name: str
    description: str
    command: str
    arms: tuple[ReportedArm, ...]
    sets: tuple[ReportedSet, ...]
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...] = ()
    differences: tuple[Comparison, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    speeds: tuple[NetworkSpeed, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()

    def networks(self) -> tuple[str, ...]:
        """Networks in the order of runs, then those that have results alone."""
        return tuple(
            dict.fromkeys([*(one.network for one in self.runs), *(one.network for one in self.results)])
        )

    def arms_of(self, network: str) -> tuple[str, ...]:
        """Arms of a network that have results, in the benchmark's order; "" of masks of others."""
        found = {one.mixture for one in self.results if one.network == network}
        named = [arm.name for arm in self.arms if arm.name in found]
        return tuple(dict.fromkeys([*named, *sorted(found)]))

    def set_named(self, name: str) -> ReportedSet:
        """A test set by its name; one without facts where the benchmark does not list it."""
        return next((one for one in self.all_sets() if one.name == name), ReportedSet(name=name))

    def all_sets(self) -> tuple[ReportedSet, ...]:
        """The benchmark's sets, then those that have results alone."""
        return (*self.sets, *self._unlisted())

    def _unlisted(self) -> Iterator[ReportedSet]:
        listed = {one.name for one in self.sets}
        for name in dict.fromkeys(one.set for one in self.results):
            if name not in listed:
                yield ReportedSet(name=name)
