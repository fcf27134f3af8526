"""The command and the hashes behind a figure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator

from tasks.benchmark.pages.grid import (
    NOTHING,
    Behind,
    Grid,
    GridColumn,
    GridRow,
    cells_of_texts,
    duration,
    percent,
    short_hash,
)
from tasks.benchmark.pages.material import BenchmarkMaterial, CurvePoint, RunRecord


def behind_of(
    material: BenchmarkMaterial,
    *,
    networks: Collection[str] | None = None,
    arms: Collection[str] | None = None,
    sets: Collection[str] | None = None,
    seeds: Collection[int] | None = None,
) -> Behind:
    """What a figure of some networks, arms, seeds and test sets rests on; None: of all."""
    runs = [
        run
        for run in material.runs
        if (networks is None or run.network in networks)
        and (arms is None or run.arm in arms)
        and (seeds is None or run.seed in seeds)
    ]
    shown = [
        f"{one.name} {short_hash(one.fingerprint)}"
        for one in material.all_sets()
        if not one.missing and (sets is None or one.name in sets)
    ]
    found = [
        ("Command", material.command),
        ("Computed from", _joined(f"{name} {short_hash(digest)}" for name, digest in material.files)),
        ("Test sets", _joined(shown)),
        ("Checkpoints", _joined(f"{run_name(run)} {short_hash(run.checkpoint)}" for run in runs)),
        ("Learnt from", _joined(dict.fromkeys(version for run in runs for version in run.versions))),
    ]
    return Behind(lines=tuple((word, text) for word, text in found if text))


def run_name(run: RunRecord) -> str:
    """A run in one word."""
    return f"{run.network}/{run.arm}/{run.seed}"


def set_grid(material: BenchmarkMaterial) -> Grid:
    """Every test set with what is known of it."""
    return Grid(
        title="Test sets",
        corner="Set",
        columns=(
            GridColumn(heading="Pictures"),
            GridColumn(heading="Persons", under="or photographs of nobody known"),
            GridColumn(heading="Label policy", side="left"),
            GridColumn(heading="Faces", side="left"),
            GridColumn(heading="Fingerprint", side="left"),
            GridColumn(heading="Licences", side="left"),
        ),
        rows=tuple(
            GridRow(
                label=one.name,
                cells=cells_of_texts(
                    "missing" if one.missing else str(one.pictures),
                    NOTHING if one.missing else str(one.groups),
                    one.policy or "not known",
                    "without occlusion" if one.unoccluded else "occluded",
                    short_hash(one.fingerprint),
                    "; ".join(one.licences) or NOTHING,
                ),
            )
            for one in material.all_sets()
        ),
        notes=tuple(f"{one.name} is missing: {one.missing}" for one in material.all_sets() if one.missing),
    )


def run_grid(material: BenchmarkMaterial) -> Grid:
    """Every training with how it went."""
    return Grid(
        title="Trainings",
        corner="Run",
        columns=(
            GridColumn(heading="Steps"),
            GridColumn(heading="Time"),
            GridColumn(heading="Started from", side="left"),
            GridColumn(heading="Best validation IoU, %"),
            GridColumn(heading="Weights chosen by", side="left"),
            GridColumn(heading="Checkpoint", side="left"),
        ),
        rows=tuple(
            GridRow(
                label=run_name(run),
                cells=cells_of_texts(
                    f"{run.steps:,}",
                    duration(run.seconds),
                    run.started_from or NOTHING,
                    percent(max((one.validation_iou for one in _measured(run)), default=math.nan)),
                    run.selected_on or NOTHING,
                    short_hash(run.checkpoint),
                ),
            )
            for run in material.runs
        ),
    )


def full_hashes(material: BenchmarkMaterial) -> Iterator[tuple[str, str]]:
    """What is hashed, and the whole hash."""
    yield from material.files
    for one in material.all_sets():
        if one.fingerprint:
            yield f"test set {one.name}", one.fingerprint
    for run in material.runs:
        yield f"checkpoint {run_name(run)}", run.checkpoint


def run_commands(material: BenchmarkMaterial) -> Iterator[tuple[str, str]]:
    """Each run and the command that repeats it."""
    for run in material.runs:
        if run.command:
            yield run_name(run), run.command


def _measured(run: RunRecord) -> list[CurvePoint]:
    return [one for one in run.curve if not math.isnan(one.validation_iou)]


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
