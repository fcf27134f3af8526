"""A benchmark's figures and pages, from its counts and the records of its runs."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable, Iterator, Mapping

from manifests.benchmarks.benchmark import Benchmark, ComparedArms
from shards import storage
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.pages.html import report_html
from tasks.benchmark.pages.markdown import claims_markdown, report_markdown
from tasks.benchmark.pages.material import (
    BenchmarkMaterial,
    CurvePoint,
    NetworkSpeed,
    ReportedArm,
    ReportedSet,
    RunRecord,
)
from tasks.benchmark.paper.claims import paper_claims
from tasks.benchmark.paper.judge import pairs_to_compare
from tasks.benchmark.plan import PlannedRun, run_options
from tasks.benchmark.run import ScoredRuns
from tasks.benchmark.score import pictures_a_second
from tasks.benchmark.scores.cell import Cell
from tasks.benchmark.scores.compute import CellName, cells_of, comparisons_of, differences_of, results_of
from tasks.benchmark.scores.results import COMPARISONS_SCHEMA, RESULTS_SCHEMA, write_figures
from tasks.benchmark.sets.picture import TestSet
from tasks.benchmark.show import galleries_of
from tasks.benchmark.trained import COUNTS_FILE, read_figures, weights_of
from tasks.infer.network import open_segmenter

RESULTS_FILE, COMPARISONS_FILE = "results.parquet", "comparisons.parquet"
_REPORT, _CLAIMS, _PAGE, _SPEEDS = "report.md", "claims.md", "report.html", "speeds.json"


def write_pages(scored: ScoredRuns, options: BenchmarkOptions) -> tuple[BenchmarkMaterial, tuple[str, ...]]:
    """Write results, comparisons and pages, and return what they are made of, and their URLs."""
    benchmark, out = scored.prepared.benchmark, options.out
    cells = cells_of(scored.counts)
    networks = [one.network for one in benchmark.networks]
    results = tuple(results_of(cells))
    comparisons = tuple(comparisons_of(cells, benchmark.comparisons, networks))
    facts = {"benchmark": benchmark.model_dump_json()}
    urls = [storage.join(out, name) for name in (RESULTS_FILE, COMPARISONS_FILE)]
    write_figures(urls[0], results, RESULTS_SCHEMA, facts)
    write_figures(urls[1], comparisons, COMPARISONS_SCHEMA, facts)
    material = BenchmarkMaterial(
        name=benchmark.name,
        description=benchmark.description,
        command=_command(options),
        arms=tuple(ReportedArm(name=arm.name, paper=arm.paper) for arm in benchmark.arms),
        sets=tuple(_reported(one) for one in scored.prepared.sets),
        results=results,
        comparisons=comparisons,
        differences=tuple(differences_of(cells, _pairs(benchmark, cells), networks)),
        runs=tuple(_record(run, scored, options) for run in scored.prepared.runs),
        speeds=_speeds(scored, options),
        files=tuple(
            (name, storage.sha256_of(storage.join(out, name)))
            for name in (COUNTS_FILE, RESULTS_FILE, COMPARISONS_FILE)
        ),
        notes=scored.notes,
    )
    pages = {
        _REPORT: report_markdown(material),
        _CLAIMS: claims_markdown(material),
        _PAGE: report_html(material, list(galleries_of(scored, options, cells))),
    }
    for name, text in pages.items():
        urls.append(storage.join(out, name))
        storage.write_bytes(urls[-1], text.encode())
    return material, (storage.join(out, COUNTS_FILE), *urls)


def _pairs(benchmark: Benchmark, cells: Mapping[CellName, Cell]) -> Iterator[ComparedArms]:
    """The arms that the paper's claims are about, on every test set: mIoU, as there."""
    seeds = {arm.name: set(arm.seeds or benchmark.seeds) for arm in benchmark.arms}
    pairs = pairs_to_compare(paper_claims(), {arm.name: arm.paper for arm in benchmark.arms})
    for name in dict.fromkeys(cell[2] for cell in cells):
        for better, than in pairs:
            if seeds[better] == seeds[than]:
                yield ComparedArms(better=better, than=than, set=name, metric="miou")


def _reported(one: TestSet) -> ReportedSet:
    return ReportedSet(
        name=one.name,
        policy=one.policy,
        pictures=len(one.facts),
        groups=len({facts.group for facts in one.facts}),
        licences=one.licences,
        fingerprint=one.fingerprint,
        missing=one.missing,
        unoccluded=bool(one.facts) and all(facts.occluder == "none" for facts in one.facts),
    )


def _record(run: PlannedRun, scored: ScoredRuns, options: BenchmarkOptions) -> RunRecord:
    figures = read_figures(options.out, run)
    facts = scored.facts[run.name]
    feed = scored.prepared.feeds[run.arm.name]
    return RunRecord(
        network=run.choice.network,
        arm=run.arm.name,
        seed=run.seed,
        steps=figures["steps"],
        started_from=figures["started_from"],
        selected_on=f"{figures['selected_on']}, step {figures['selected_step']}",
        checkpoint=facts["checkpoint"],
        curve=_curve((*figures["losses"], *figures["selection"])),
        seconds=float(facts["seconds"]),
        command=_training_command(run, scored.prepared.benchmark, options),
        versions=tuple(one.name for one in feed.data),
    )


def _curve(history: Iterable[Mapping[str, float]]) -> tuple[CurvePoint, ...]:
    from tasks.training.segmenter.select_best import SELECTION_SCORE

    rows: dict[int, dict[str, float]] = {}
    for row in history:
        rows.setdefault(int(row["step"]), {}).update(row)
    return tuple(
        CurvePoint(
            step=step,
            loss=row.get("loss", math.nan),
            validation_iou=row.get(SELECTION_SCORE, math.nan),
        )
        for step, row in sorted(rows.items())
    )


def _speeds(scored: ScoredRuns, options: BenchmarkOptions) -> tuple[NetworkSpeed, ...]:
    """Measured once for a network's first weights, and kept."""
    url = storage.join(options.out, _SPEEDS)
    kept = json.loads(storage.read_bytes(url)) if storage.exists(url) else {}
    found = {}
    for run in scored.prepared.runs:
        name = run.choice.network
        if name in found:
            continue
        checkpoint = scored.facts[run.name]["checkpoint"]
        if kept.get(name, {}).get("checkpoint") != checkpoint:
            network = open_segmenter(weights_of(options.out, run), options.device)
            kept[name] = {
                "checkpoint": checkpoint,
                "pictures_a_second": pictures_a_second(network),
                "side": network.size,
                "device": network.device,
            }
        found[name] = kept[name]
    storage.write_bytes(url, json.dumps(found, indent=1).encode())
    return tuple(
        NetworkSpeed(
            network=name,
            pictures_a_second=one["pictures_a_second"],
            side=one["side"],
            device=one["device"],
        )
        for name, one in found.items()
    )


def _command(options: BenchmarkOptions) -> str:
    words = ["natocc", "benchmark", options.benchmark, "--datasets", options.datasets]
    words += ["--bank", options.bank] if options.bank else []
    words += ["--raw", str(options.raw)] if options.raw else []
    words += [word for text in options.own for word in ("--own", text)]
    return shlex.join([*words, "--out", options.out])


def _training_command(run: PlannedRun, benchmark: Benchmark, options: BenchmarkOptions) -> str:
    """The command that repeats a run's training."""
    training = run_options(run, benchmark, weights=options.weights, device=options.device, loaders=0)
    words = ["natocc", "train-segmenter"]
    for name in ("data", "sets", "occlude", "occlude_with"):
        for text in getattr(training, name):
            words += [f"--{name.replace('_', '-')}", text]
    words += ["--network", training.network, "--backbone", training.backbone, "--schedule", training.schedule]
    words += ["--bank", options.bank] if run.arm.occlude and options.bank else []
    return shlex.join([*words, "--seed", str(run.seed), "--out", "OUT"])
