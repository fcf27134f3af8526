"""A benchmark: networks, arms, seeds, test sets, and the comparisons that are named before training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from manifests.mixtures.mixture import MixturePart
from manifests.recipes.parts import Name, StrictFields, Whole
from manifests.yaml.fields import FieldProblems, YamlFiles

# More comparisons than these would be named until one of them succeeds.
MOST_COMPARISONS = 5
BenchmarkSeed = Annotated[Whole, Field(ge=0, lt=2**31)]
# What a comparison may be about; all are better when they are higher.
ComparedMetric = Literal["face_iou", "miou", "face_iou_mean", "face_iou_worst5", "boundary_iou"]


class BenchmarkError(FieldProblems):
    """All problems of a benchmark, one a line."""


class NetworkChoice(StrictFields):
    """A segmenter and the ImageNet weights that it starts from."""

    # Of models/segmenters/variants.py.
    network: str
    # A name of the weights folder, a file, or "none": from scratch.
    backbone: str = "none"


class Arm(StrictFields):
    """A named way to get training data."""

    name: Name
    # The row of the paper's Table 4 that it re-creates; "" for none.
    paper: str = ""
    # A mixture, by name or file, or its parts written here.
    mixture: str | None = None
    parts: tuple[MixturePart, ...] = ()
    # Sets of the recipes that are read; empty: all.
    sets: tuple[str, ...] = ()
    # Occlusions that are drawn while it trains, and kinds of cut-outs, as options of natocc train-segmenter.
    occlude: tuple[str, ...] = ()
    occlude_with: tuple[str, ...] = ()
    # The seeds of this arm; empty: the benchmark's.
    seeds: tuple[BenchmarkSeed, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.mixture is None) == (not self.parts):
            got = "neither" if self.mixture is None else "both"
            raise ValueError(f"expected mixture or parts, got {got}")
        return self


class ComparedArms(StrictFields):
    """Two arms on one test set, of every network: a difference that is tested."""

    better: Name
    than: Name
    set: str
    metric: ComparedMetric = "face_iou"


class Benchmark(StrictFields):
    """Every network learns from every arm with every seed, and is scored on every set."""

    name: Name
    description: str
    # Schedule of the trainings, by name or file.
    schedule: str
    networks: tuple[NetworkChoice, ...]
    arms: tuple[Arm, ...]
    seeds: tuple[BenchmarkSeed, ...]
    # Names of test sets (docs/benchmark.md), and datasets whose test samples are more of them.
    sets: tuple[str, ...] = ()
    test_datasets: tuple[str, ...] = ()
    # Scored a second time with scores averaged over sizes and mirror images.
    tta: bool = False
    comparisons: tuple[ComparedArms, ...] = ()

    @field_validator("networks", "arms", "seeds")
    @classmethod
    def _not_empty(cls, values: tuple[object, ...]) -> tuple[object, ...]:
        if not values:
            raise ValueError("expected at least one, got none")
        return values

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        for what, names in (
            ("arm", [arm.name for arm in self.arms]),
            ("network", [one.network for one in self.networks]),
            ("seed", [str(seed) for seed in self.seeds]),
        ):
            twice = _twice(names)
            if twice:
                raise ValueError(f"expected each {what} once, got {', '.join(twice)} twice")
        if not self.sets and not self.test_datasets:
            raise ValueError("expected sets or test_datasets, got neither")
        return self

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if len(self.comparisons) > MOST_COMPARISONS:
            raise ValueError(
                f"expected at most {MOST_COMPARISONS} comparisons, got {len(self.comparisons)}; name those "
                "that decide"
            )
        seeds = {arm.name: arm.seeds or self.seeds for arm in self.arms}
        for one in self.comparisons:
            unknown = [name for name in (one.better, one.than) if name not in seeds]
            if unknown:
                raise ValueError(f"expected arms of this benchmark in comparisons, got {unknown[0]}")
            if set(seeds[one.better]) != set(seeds[one.than]):
                raise ValueError(
                    f"expected the same seeds of {one.better} and {one.than}, which are compared, got others"
                )
        return self


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


_FILES = YamlFiles(
    what="benchmark",
    folder="benchmarks",
    page="docs/benchmark.md",
    model=Benchmark,
    inner={"networks": NetworkChoice, "arms": Arm, "comparisons": ComparedArms},
    error=BenchmarkError,
)


def known_benchmarks() -> list[str]:
    """Names of the benchmarks that come with the package."""
    return _FILES.known()


def load_benchmark(name_or_path: str) -> Benchmark:
    """Read a benchmark by its name or from a YAML file. Raises BenchmarkError with every problem."""
    return _FILES.load(name_or_path)


def unknown_benchmark(name: str) -> str:
    """The problem of what is neither the name of a benchmark nor a file."""
    return _FILES.unknown(name)
