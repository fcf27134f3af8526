"""Options of a segmenter's training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from manifests.recipes.train.schedule import Schedule, ScheduleError, load_schedule
from models.segmenters.variants import VARIANTS, variant_names
from natocc.machine import Device, FullRangePrecision
from tasks.inputs import BankUrl, OutUrl, VersionUrl, choice_problem, folder_of
from tasks.options import Count, HelpWords, Names, Options, Seed, Wait, WeightsFolder, cross_check
from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.named import CUT_OUT_KINDS, OCCLUSIONS
from tasks.training.segmenter.feed.reading.source import FeedSource, mixture_sources, parse_sources
from tasks.training.segmenter.feed.reading.target import LearntTarget

BY_SCHEDULE = HelpWords("the schedule's")


class SegmenterOptions(Options):
    """Training options of a segmenter. Those that are None are the schedule's."""

    network: str = Field("unet", description="Segmenter, by its name in models/segmenters/variants.py.")
    schedule: str = Field("small", description="Schedule: small, study, voo, voo-bce, faceocc; or YAML.")
    backbone: str = Field(
        "none", description="ImageNet weights to start from: a name of the weights folder, or a file."
    )
    weights: WeightsFolder = None
    size: Annotated[
        Annotated[int, Field(ge=16, le=2048, multiple_of=16)] | None,
        BY_SCHEDULE,
    ] = Field(None, description="Side of the pictures, a multiple of 16.")
    steps: Annotated[Count | None, BY_SCHEDULE] = Field(None, description="Training steps.")
    batch: Annotated[Count | None, BY_SCHEDULE] = Field(
        None, description="Pictures a step, over all processes."
    )
    seed: Seed = Field(0, description="Decides weights, order and flips.")
    # Group norm divides the channels.
    width: Annotated[int, Field(ge=1, multiple_of=8)] = Field(
        16, description="Of unet: channels after the first convolution, a multiple of 8."
    )
    learning_rate: Annotated[Annotated[float, Field(gt=0, lt=1)] | None, BY_SCHEDULE] = Field(
        None, description="Greatest learning rate."
    )
    precision: Annotated[FullRangePrecision | None, BY_SCHEDULE] = Field(
        None, description="Of the computation; weights stay float32."
    )
    accumulate: Count = Field(1, description="Passes whose gradients make one step.")
    processes: Count = Field(1, description="Processes that share each step's pictures; on GPUs one each.")
    freeze_norms: bool = Field(False, description="Keep the statistics of batch norms.")
    select_on: Literal["validation", "realocc"] = Field(
        "validation", description="Pictures that select the best weights; realocc is also a test set."
    )
    every: Count = Field(100, description="Steps from one checkpoint to the next.")
    evaluate: Annotated[Count | None, BY_SCHEDULE] = Field(
        None, description="Steps from one evaluation to the next."
    )
    max_samples: Count = Field(4096, description="Pictures of each validation and test set.")
    data: tuple[str, ...] = Field(
        (), description="Versions, datasets or folders of img and mask, each with =WEIGHT if that is not 1."
    )
    mixture: str = Field("", description="Mixture, by name or YAML file, of datasets in --datasets.")
    datasets: Annotated[str | None, folder_of("datasets")] = Field(
        None, description="Folder or URL under which the mixture's datasets lie."
    )
    target: LearntTarget = Field(
        "mask", description="What is learnt: the visible face, or the classes of parsing.png."
    )
    sets: Names = Field((), description="Sets of the recipes to learn from; all by default.")
    occluders: Names = Field((), description="Categories of occluders to learn from; all by default.")
    occlude: Names = Field(
        (),
        description="Occlusions drawn on training faces that have none: natocc, randocc, paste, erase, each "
        "with =SHARE of the faces if that is not 0.5.",
    )
    occlude_with: Names = Field(
        (), description="Kinds of the bank's cut-outs for natocc and paste; all that it has by default."
    )
    occlude_in: tuple[str, ...] = Field(
        (),
        description="Of several sources, those to occlude: as --data has them, or datasets; all by default.",
    )
    loaders: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Processes that decode pictures; 0: the training's own."
    )
    device: Device = Field("auto", description="Where it runs.")

    @cross_check("data")
    def _weights_are_numbers(self) -> str | None:
        try:
            parse_sources(self.data)
        except ValueError as error:
            return str(error)
        return None

    @cross_check("occlude")
    def _known_occlusions(self) -> str | None:
        try:
            parse_shares(self.occlude)
        except ValueError as error:
            return str(error)
        return None

    @cross_check("occlude", "occlude_with", at="occlude_with")
    def _kinds_of_cut_outs(self) -> str | None:
        drawing = [name for name, row in OCCLUSIONS.items() if row.draws_cut_outs]
        if self.occlude_with and not any(text.partition("=")[0] in drawing for text in self.occlude):
            return f"expected --occlude {' or '.join(drawing)} with kinds of cut-outs, got neither"
        problems = (choice_problem(kind, CUT_OUT_KINDS) for kind in self.occlude_with)
        return next(filter(None, problems), None)

    @cross_check("occlude", "occlude_in", at="occlude_in")
    def _occlusion_of_sources(self) -> str | None:
        if self.occlude_in and not self.occlude:
            return "expected --occlude with sources to occlude, got none"
        return None

    @cross_check("mixture", "datasets", at="mixture")
    def _mixture_with_datasets(self) -> str | None:
        if bool(self.mixture) != (self.datasets is not None):
            return "expected --mixture and --datasets together, got one of them"
        return None

    @cross_check("network")
    def _known_network(self) -> str | None:
        return choice_problem(self.network, variant_names())

    @cross_check("schedule")
    def _readable_schedule(self) -> str | None:
        try:
            load_schedule(self.schedule)
        except ScheduleError as error:
            return error.problems[0].removeprefix("schedule: ")
        return None

    def full_schedule(self) -> Schedule:
        """The schedule, with what these options replace. Raises ScheduleError for values that do not fit."""
        schedule = load_schedule(self.schedule)
        names = ("size", "batch", "precision", "evaluate")
        changes = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.steps is not None:
            changes |= {"steps": self.steps, "epochs": None}
        if self.learning_rate is not None:
            optimiser = schedule.optimiser_for(self.architecture)
            changes["optimiser"] = dict(optimiser) | {"learning_rate": self.learning_rate}
            changes["optimiser_of"] = {}
        return Schedule.model_validate(dict(schedule) | changes)

    def sources(self, version_url: str | None) -> tuple[FeedSource, ...]:
        """The version if there is one, or the sources of ``data`` or ``mixture``.

        Raises MixtureError, and FileNotFoundError for a mixture without its versions.
        """
        if version_url is not None:
            return (FeedSource(url=version_url),)
        if self.datasets is not None:
            return mixture_sources(self.mixture, self.datasets)
        return parse_sources(self.data)

    @property
    def occlusion(self) -> OcclusionChoice:
        """The occlusions that are drawn while it trains."""
        return OcclusionChoice(
            shares=parse_shares(self.occlude), kinds=self.occlude_with, sources=self.occlude_in
        )

    @property
    def architecture(self) -> str:
        """The network's row in models/registry.py."""
        return VARIANTS[self.network].network if self.network in VARIANTS else self.network


class SegmenterJob(SegmenterOptions):
    """Training options with inputs and output folder."""

    version: Annotated[VersionUrl | None, HelpWords("--data or --mixture")] = Field(
        None, description="A version, or a dataset whose latest version is taken."
    )
    out: OutUrl = Field(description="Folder or URL for segmenter.pt and metrics.json.")
    wait: Wait = False
    bank: Annotated[BankUrl | None, HelpWords("none")] = Field(
        None, description="Bank whose really occluded faces to test on, and whose occluders --occlude draws."
    )

    @cross_check("version", "data", "mixture", at="version")
    def _one_kind_of_data(self) -> str | None:
        given = [
            name
            for name, value in (("VERSION", self.version), ("--data", self.data), ("--mixture", self.mixture))
            if value
        ]
        if len(given) == 1:
            return None
        return f"expected VERSION, --data or --mixture, got {' and '.join(given) or 'none of them'}"

    @cross_check("occlude", "bank", at="bank")
    def _occluders_to_draw(self) -> str | None:
        named = [text.partition("=")[0] for text in self.occlude]
        drawing = next((name for name in named if name in OCCLUSIONS and OCCLUSIONS[name].kinds), None)
        if drawing is not None and self.bank is None:
            return f"expected a bank whose occluders --occlude {drawing} draws, got none"
        return None

    @cross_check("select_on", "bank")
    def _pictures_to_select_on(self) -> str | None:
        if self.select_on == "realocc" and self.bank is None:
            return "expected a bank with --select-on realocc, got none"
        return None
