"""A schedule: how a segmenter is trained, whatever its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from manifests.recipes.parts import Name, Ratio, Real, StrictFields, Whole
from manifests.yaml.fields import FieldProblems, YamlFiles
from natocc.machine import FullRangePrecision

Positive = Annotated[Real, Field(gt=0)]
Steps = Annotated[Whole, Field(ge=1)]
Purpose = Literal["research", "commercial"]


class ScheduleError(FieldProblems):
    """All problems of a schedule, one a line."""


class OptimiserChoice(StrictFields):
    """An optimiser, and its learning rate from step to step."""

    kind: Literal["sgd", "adam", "adamw"]
    learning_rate: Annotated[Real, Field(gt=0, lt=1)]
    momentum: Ratio = 0.9
    weight_decay: Annotated[Real, Field(ge=0)] = 0.0
    # The rate of what is not the backbone, in multiples.
    head_factor: Positive = 1.0
    # Whether norms and position embeddings decay too.
    decay_norms: bool = True
    # How the rate falls: to ``floor`` with ``power``; up and down in one cycle; to ``later_rate`` after
    # ``later_epoch`` epochs.
    decay: Literal["poly", "one-cycle", "late"] = "poly"
    power: Positive = 0.9
    floor: Annotated[Real, Field(ge=0)] = 0.0
    # Steps in which the rate rises linearly from about 0; in a shorter training a tenth of its steps.
    warm_up: Annotated[Whole, Field(ge=0)] = 0
    later_epoch: Steps = 20
    later_rate: Positive = 1e-5

    @model_validator(mode="after")
    def _floor_below(self) -> Self:
        if self.floor > self.learning_rate:
            raise ValueError(
                f"expected a floor of at most the learning rate {self.learning_rate}, got {self.floor}"
            )
        return self


class LossChoice(StrictFields):
    """The loss of the scores, and the weight of the auxiliary head's."""

    # softmax and binary average over all pixels; faceocc over the hard pixels of the batch, one class.
    kind: Literal["softmax", "binary", "faceocc"]
    # Pixels below this probability count; None: all do. Of faceocc it is the threshold of hard pixels.
    hard_below: Annotated[Real, Field(gt=0, lt=1)] | None = None
    # Pixels a picture that count at least; None: as many as a picture has, minus one (faceocc).
    min_kept: Annotated[Whole, Field(ge=1)] | None = None
    auxiliary: Annotated[Real, Field(ge=0)] = 0.4

    @model_validator(mode="after")
    def _hard_pixels_complete(self) -> Self:
        if self.kind == "faceocc" and self.hard_below is None:
            raise ValueError("expected hard_below for the loss faceocc, got none")
        if self.kind != "faceocc" and (self.hard_below is None) != (self.min_kept is None):
            raise ValueError("expected hard_below and min_kept together, got one of them")
        return self


class Schedule(StrictFields):
    """A training's length, optimisers, loss and evaluation."""

    name: Name
    description: str
    # What the trained weights are for; data whose licence forbids it is refused.
    purpose: Purpose = "research"
    # Side of the pictures, which are stretched to it.
    size: Annotated[Whole, Field(ge=16, le=2048)]
    # One of them. An epoch is a pass over the training pictures.
    steps: Steps | None = None
    epochs: Steps | None = None
    # Pictures a step, over all processes.
    batch: Steps
    # Steps from one evaluation to the next.
    evaluate: Steps
    # Share of the training faces that is held out to select the best weights.
    validation: Annotated[Real, Field(ge=0, lt=1)] = 0.05
    augmentation: Name
    precision: FullRangePrecision = "float32"
    loss: LossChoice
    optimiser: OptimiserChoice
    # Instead of ``optimiser``, by the architecture's name.
    optimiser_of: Mapping[str, OptimiserChoice] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.steps is None) == (self.epochs is None):
            got = "neither" if self.steps is None else "both"
            raise ValueError(f"expected steps or epochs, got {got}")
        return self

    def optimiser_for(self, architecture: str) -> OptimiserChoice:
        """The optimiser of an architecture of models/registry.py."""
        return self.optimiser_of.get(architecture, self.optimiser)

    def steps_for(self, pictures: int, batch: int | None = None) -> int:
        """Steps of the whole training on so many pictures: of an epoch, ⌈pictures / batch⌉."""
        if self.steps is not None:
            return self.steps
        return (self.epochs or 0) * self.steps_of_epoch(pictures, batch)

    def steps_of_epoch(self, pictures: int, batch: int | None = None) -> int:
        return -(-pictures // (batch or self.batch))


_FILES = YamlFiles(
    what="schedule",
    folder="recipes/train",
    page="docs/training.md",
    model=Schedule,
    inner={"loss": LossChoice, "optimiser": OptimiserChoice, "optimiser_of": OptimiserChoice},
    error=ScheduleError,
)


def known_schedules() -> list[str]:
    """Names of the schedules that come with the package."""
    return _FILES.known()


def load_schedule(name_or_path: str, **overrides: object) -> Schedule:
    """Read a schedule by its name or from a YAML file; overrides that are None are ignored.

    Raises ScheduleError with every problem and its path.
    """
    return _FILES.load(name_or_path, **overrides)
