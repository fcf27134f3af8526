"""The runs of a benchmark: which network learns from which data with which seed, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from manifests.benchmarks.benchmark import Arm, Benchmark, NetworkChoice
from manifests.dataset import latest_version
from manifests.mixtures.mixture import Mixture, load_mixture
from shards import storage
from tasks.training.segmenter.feed.reading.source import FeedSource, part_sources
from tasks.training.segmenter.options import SegmenterOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One training."""

    choice: NetworkChoice
    arm: Arm
    seed: int
    # Versions by URL, with weights.
    sources: tuple[FeedSource, ...]

    @property
    def name(self) -> str:
        """Its folder's name."""
        return f"{self.choice.network}-{self.arm.name}-{self.seed}"


def plan_runs(benchmark: Benchmark, datasets_url: str) -> tuple[PlannedRun, ...]:
    """Return all runs, a seed of all networks and arms before the next seed.

    So a benchmark that ends early has whole rows. Datasets are taken at their latest versions now.
    Raises MixtureError for faulty mixtures, and FileNotFoundError that names missing versions.
    """
    sources = {arm.name: _pinned(arm, datasets_url) for arm in benchmark.arms}
    seeds = sorted({seed for arm in benchmark.arms for seed in arm.seeds or benchmark.seeds})
    return tuple(
        PlannedRun(choice=choice, arm=arm, seed=seed, sources=sources[arm.name])
        for seed in seeds
        for choice in benchmark.networks
        for arm in benchmark.arms
        if seed in (arm.seeds or benchmark.seeds)
    )


def mixture_of(arm: Arm) -> Mixture:
    """The arm's mixture: by its name, or of its own parts."""
    if arm.mixture is not None:
        return load_mixture(arm.mixture)
    return Mixture(name=arm.name, description=f"The parts of the arm {arm.name}.", parts=arm.parts)


def run_options(
    run: PlannedRun, benchmark: Benchmark, *, weights: str | None, device: str, loaders: int
) -> SegmenterOptions:
    """The options of a run's training."""
    return SegmenterOptions(
        network=run.choice.network,
        backbone=run.choice.backbone,
        schedule=benchmark.schedule,
        seed=run.seed,
        data=tuple(f"{one.url}={one.weight:g}" for one in run.sources),
        sets=run.arm.sets,
        occlude=run.arm.occlude,
        occlude_with=run.arm.occlude_with,
        weights=weights,
        device=device,
        loaders=loaders,
    )


def settings_of(options: SegmenterOptions, *, backbone_sha256: str, bank_sha256: str) -> Mapping[str, object]:
    """What a run's weights depend on; the hashes are "" where it uses no backbone or no occluders."""
    fields = options.model_dump(mode="json", exclude={"weights", "device", "loaders", "every", "max_samples"})
    # Folders may move; a version's name is the hash of what it holds.
    data = [text.rstrip("/").rpartition("/")[2] for text in options.data]
    schedule = options.full_schedule().model_dump(mode="json")
    hashes = {"backbone_sha256": backbone_sha256, "bank_sha256": bank_sha256}
    return fields | {"data": data, "schedule": schedule} | hashes


def _pinned(arm: Arm, datasets_url: str) -> tuple[FeedSource, ...]:
    """The sources, at the versions that are their datasets' latest now."""
    return tuple(
        FeedSource(
            url=storage.join(one.url, latest_version(one.url) or ""),
            weight=one.weight,
            mixed_labels=one.mixed_labels,
        )
        for one in part_sources(mixture_of(arm), datasets_url)
    )
