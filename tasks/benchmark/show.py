"""Pictures of a benchmark with what each arm predicted, for its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from manifests.benchmarks.benchmark import Benchmark
from natocc.geometry import Image
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.pages.sheets.choose import choose_pictures, score_pictures
from tasks.benchmark.pages.sheets.gallery import Gallery, PredictedPicture
from tasks.benchmark.plan import PlannedRun
from tasks.benchmark.run import ScoredRuns
from tasks.benchmark.scores.cell import Cell
from tasks.benchmark.scores.compute import CellName
from tasks.benchmark.sets.picture import TestPicture, TestSet
from tasks.benchmark.trained import weights_of
from tasks.infer.network import ReadyNetwork, open_segmenter
from tasks.infer.predict import predict_faces, visible_face_in


def galleries_of(
    scored: ScoredRuns, options: BenchmarkOptions, cells: Mapping[CellName, Cell]
) -> Iterator[Gallery]:
    """Of each network, pictures with the predictions of every arm's first seed.

    The arm that the first comparison expects to be better chooses the best, median and worst ones; without a
    comparison it is the last arm.
    """
    prepared = scored.prepared
    for choice in prepared.benchmark.networks:
        runs = _first_runs(prepared.runs, choice.network)
        arm = _choosing(prepared.benchmark)
        chosen = choose_pictures(score_pictures(cells, choice.network, arm, runs[arm].seed))
        wanted = {(one.score.set, one.score.key) for one in chosen}
        pictures = list(_pictures(prepared.sets, wanted))
        predicted: list[dict[str, Image]] = [{} for _ in pictures]
        for name, run in runs.items():
            network = open_segmenter(weights_of(options.out, run), options.device)
            for (_, picture), found in zip(pictures, predicted, strict=True):
                found[name] = _visible_face(network, picture)
        yield Gallery(
            network=choice.network,
            seed=runs[arm].seed,
            arm=arm,
            chosen=chosen,
            pictures=[
                PredictedPicture(set=name, picture=picture, predicted=found)
                for (name, picture), found in zip(pictures, predicted, strict=True)
            ],
        )


def _first_runs(runs: Sequence[PlannedRun], network: str) -> dict[str, PlannedRun]:
    """The first run of each arm, by the arm's name."""
    found: dict[str, PlannedRun] = {}
    for run in runs:
        if run.choice.network == network:
            found.setdefault(run.arm.name, run)
    return found


def _choosing(benchmark: Benchmark) -> str:
    return benchmark.comparisons[0].better if benchmark.comparisons else benchmark.arms[-1].name


def _pictures(sets: Sequence[TestSet], wanted: set[tuple[str, str]]) -> Iterator[tuple[str, TestPicture]]:
    """The wanted pictures, with the names of their sets."""
    for one in sets:
        keys = {key for name, key in wanted if name == one.name}
        if keys:
            yield from ((one.name, picture) for picture in one.read() if picture.facts.key in keys)


def _visible_face(network: ReadyNetwork, picture: TestPicture) -> Image:
    """1 where the network sees visible face, uint8 of the mask's size."""
    height, width = picture.mask.shape
    (found,) = predict_faces(network, [picture.image], [(height, width)], size=network.size, tta=False)
    return visible_face_in(found.labels, network.classes).view(np.uint8)
