"""All results and comparisons of a benchmark, from its table of counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from manifests.benchmarks.benchmark import ComparedArms
from tasks.benchmark.counts.measure import AS_LABELLED
from tasks.benchmark.scores.cell import Cell, Floats, cell_of, some_of
from tasks.benchmark.scores.intervals import Draws, draw, interval, over_seeds, scores_of
from tasks.benchmark.scores.metrics import METRICS
from tasks.benchmark.scores.notes import as_note, missing, note_of, of_few
from tasks.benchmark.scores.permute import exchange_test, holm
from tasks.benchmark.scores.results import Comparison, Result

# Below so many pictures nothing is tested.
LEAST_PICTURES = 12
# Of slices.
_SLICED = ("face_iou", "face_iou_mean", "boundary_iou")
CellName = tuple[str, str, str, str, bool]
_CELL = ("network", "mixture", "set", "reading", "tta")


def cells_of(counts: pa.Table) -> dict[CellName, Cell]:
    """Cells by network, arm, set, reading and tta, in order of their first rows.

    Raises ValueError for seeds that do not have the same pictures.
    """
    names = list(zip(*(counts.column(name).to_pylist() for name in _CELL), strict=True))
    places: dict[CellName, list[int]] = {}
    for number, name in enumerate(names):
        places.setdefault(name, []).append(number)
    return {
        name: cell_of(counts.take(pa.array(rows)), ", ".join(map(str, name[:4])))
        for name, rows in places.items()
    }


def results_of(cells: Mapping[CellName, Cell], *, seed: int = 0) -> list[Result]:
    """Every metric of every cell, and some of its slices, with intervals that ``seed`` fixes."""
    return [
        result
        for name, cell in cells.items()
        for part, taken, metrics in _slices(cell)
        for result in _results(name, part, taken, metrics, seed)
    ]


def comparisons_of(
    cells: Mapping[CellName, Cell],
    wanted: Iterable[ComparedArms],
    networks: Sequence[str],
    *,
    seed: int = 0,
) -> list[Comparison]:
    """The differences that were named before training, of each network, as labelled and without TTA.

    Raises ValueError for arms that do not have the same seeds or pictures.
    """
    found = [_compared(cells, one, network, seed) for one in wanted for network in networks]
    tested = [place for place, one in enumerate(found) if not math.isnan(one.p)]
    adjusted = holm([found[place].p for place in tested])
    for place, value in zip(tested, adjusted, strict=True):
        found[place] = replace(found[place], p_holm=value)
    return found


def differences_of(
    cells: Mapping[CellName, Cell],
    wanted: Iterable[ComparedArms],
    networks: Sequence[str],
    *,
    seed: int = 0,
) -> list[Comparison]:
    """Differences with intervals and without tests, which only comparisons named before training have."""
    return [_difference(cells, one, network, seed) for one in wanted for network in networks]


def _slices(cell: Cell) -> Iterator[tuple[str, Cell, Sequence[str]]]:
    yield "", cell, METRICS
    kinds = sorted(set(cell.occluders))
    if len(kinds) > 1:
        for kind in kinds:
            yield kind, cell.taken(np.asarray(cell.occluders) == kind), _SLICED
    hidden = cell.hidden
    if len(hidden) >= LEAST_PICTURES and not np.isnan(hidden).any() and len(np.unique(hidden)) > 2:
        low, high = np.quantile(hidden, [1 / 3, 2 / 3])
        yield "hidden: least third", cell.taken(hidden <= low), _SLICED
        yield "hidden: middle third", cell.taken((hidden > low) & (hidden <= high)), _SLICED
        yield "hidden: most third", cell.taken(hidden > high), _SLICED


def _results(name: CellName, part: str, cell: Cell, metrics: Sequence[str], seed: int) -> Iterator[Result]:
    if not cell.keys:
        return
    groups = len(cell.by_group()[0])
    seeds = len(cell.seeds)
    exact = scores_of(cell, metrics, np.ones((1, groups)))
    drawn = draw(groups, seeds, seed=seed, stage="intervals")
    spread_out = scores_of(cell, metrics, drawn.weights)
    network, mixture, of_set, reading, tta = name
    for metric in metrics:
        of_seeds = exact[metric][:, 0]
        mean = float(of_seeds.mean())
        low, high = _interval(over_seeds(spread_out[metric], drawn.seeds), groups)
        yield Result(
            network=network,
            mixture=mixture,
            set=of_set,
            slice=part,
            reading=reading,
            tta=tta,
            metric=metric,
            pictures=len(cell.keys),
            groups=groups,
            seeds=seeds,
            mean=mean,
            spread=float(of_seeds.std(ddof=1)) if seeds > 1 else math.nan,
            low=low,
            high=high,
            note=missing(metric) if math.isnan(mean) else note_of(cell, metric),
        )


def _interval(values: Floats, groups: int) -> tuple[float, float]:
    return interval(values) if groups > 1 else (math.nan, math.nan)


def _compared(cells: Mapping[CellName, Cell], wanted: ComparedArms, network: str, seed: int) -> Comparison:
    found = _difference(cells, wanted, network, seed)
    better, than = _pair(cells, wanted, network)
    if better is None or than is None or math.isnan(found.difference):
        return found
    if found.pictures < LEAST_PICTURES:
        return replace(found, note=as_note(f"fewer than {LEAST_PICTURES} pictures: no test", found.note))
    tested = exchange_test(better, than, wanted.metric, seed=seed)
    return replace(found, p=tested.p, smallest_p=tested.smallest)


def _pair(
    cells: Mapping[CellName, Cell], wanted: ComparedArms, network: str
) -> tuple[Cell | None, Cell | None]:
    first, second = (
        cells.get((network, arm, wanted.set, AS_LABELLED, False)) for arm in (wanted.better, wanted.than)
    )
    return first, second


def _difference(cells: Mapping[CellName, Cell], wanted: ComparedArms, network: str, seed: int) -> Comparison:
    plain = Comparison(
        network=network,
        set=wanted.set,
        metric=wanted.metric,
        better=wanted.better,
        than=wanted.than,
        difference=math.nan,
        low=math.nan,
        high=math.nan,
        p=math.nan,
        p_holm=math.nan,
        smallest_p=math.nan,
        pictures=0,
        groups=0,
        seeds=0,
    )
    better, than = _pair(cells, wanted, network)
    if better is None or than is None:
        there = any(name[2] == wanted.set for name in cells)
        without = wanted.better if better is None else wanted.than
        note = f"{without} of {network} has no scores" if there else "the test set is missing"
        return replace(plain, note=note)
    _check_pair(better, than, wanted)
    groups, seeds = len(better.by_group()[0]), len(better.seeds)
    drawn = draw(groups, seeds, seed=seed, stage="intervals")
    # The two arms were trained apart, so that their seeds are drawn apart.
    other = draw(groups, seeds, seed=seed, stage="seeds of the other arm")
    differences = _drawn(better, wanted.metric, drawn.weights, drawn) - _drawn(
        than, wanted.metric, drawn.weights, other
    )
    low, high = _interval(differences, groups)
    whole = np.ones((1, groups))
    first, second = (
        float(scores_of(cell, [wanted.metric], whole)[wanted.metric].mean()) for cell in (better, than)
    )
    return replace(
        plain,
        difference=first - second,
        low=low,
        high=high,
        pictures=len(better.keys),
        groups=groups,
        seeds=seeds,
        note=missing(wanted.metric) if math.isnan(first - second) else of_few(better),
    )


def _drawn(cell: Cell, metric: str, weights: Floats, draws: Draws) -> Floats:
    return over_seeds(scores_of(cell, [metric], weights)[metric], draws.seeds)


def _check_pair(better: Cell, than: Cell, wanted: ComparedArms) -> None:
    for what, first, second in (
        ("seeds", better.seeds, than.seeds),
        ("pictures", better.keys, than.keys),
        ("persons", better.groups, than.groups),
    ):
        if first != second:
            odd = set(first) ^ set(second)
            got = f"{some_of(odd)} of one alone" if odd else "pictures that changed theirs"
            raise ValueError(
                f"{wanted.better} and {wanted.than} on {wanted.set}: expected the same {what}, got {got}; "
                "score both again"
            )
