"""From raw trees to a bank: read, convert, cut out, and keep test photographs out of training."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from assets.bank.reader import Bank, Entry
from assets.bank.splits import final_splits, held_out_names
from assets.bank.writer import close_bank, open_bank
from assets.datasets.celebamask.reader import FOLDER as FACES
from assets.datasets.celebamask.reader import check_faces
from assets.datasets.coco.reader import FOLDER as OBJECTS
from assets.datasets.coco.reader import read_objects
from assets.datasets.coco.selection import Selection, choose_objects, read_choice
from assets.datasets.cofw import check_cofw
from assets.datasets.dtd.reader import FOLDER as TEXTURES
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc.reader import FOLDER as FACEOCC
from assets.datasets.hands.reader import FOLDER as HANDS
from assets.datasets.hands.reader import MASKS as HAND_MASKS
from assets.datasets.realocc import REALOCC
from assets.problems import Problem, Report
from assets.records import RawObject
from assets.text.sidecar import Sidecar
from natocc.masks.policy import policy_named
from shards import storage
from tasks.census import count_problems, misplaced
from tasks.prepare.cofw import NAME as COFW_TABLE
from tasks.prepare.cofw import TABLE as COFW_FILE
from tasks.prepare.cofw import prepare_cofw
from tasks.prepare.occluders.sharpness import blur_of
from tasks.prepare.options import PrepareOptions
from tasks.prepare.records import drop_records
from tasks.prepare.report import PROBLEMS, PrepareReport, count_entries
from tasks.prepare.shards import Work, records_of
from tasks.prepare.sources import Stream, streams_of
from tasks.prepare.upscaling.choose import Choice, choose_upscaler
from tasks.prepare.upscaling.network import device_of
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import WorkerPool, result_of

FOLDERS = (FACES, OBJECTS, HANDS, HAND_MASKS, TEXTURES, FACEOCC, *(source.folder for source in SOURCES))


@dataclass(slots=True)
class _Found:
    """What came of the streams so far."""

    entries: list[Entry] = field(default_factory=list)
    evaluated: list[Entry] = field(default_factory=list)
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    made: int = 0
    kept: int = 0
    counted: Counter[str] = field(default_factory=Counter)


def prepare(
    raw: Path,
    bank: str,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 (frozen)
    *,
    workers: int = 2,
    reread: bool = False,
    report: Report = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
    on_choice: Callable[[Choice], None] = lambda choice: None,
) -> PrepareReport:
    """Prepare every raw dataset under ``raw``; problems go to ``report`` as they come.

    A shard whose inputs, options and code are those it was made from is kept; so a call that was cut
    off goes on where it stopped. Files count as unchanged by size and time, with ``reread`` by content.
    ``on_progress`` counts inputs, ``on_choice`` gets the upscaler that is used.

    Raises FileNotFoundError where there are no faces, or none of the upscalers; ValueError for unknown
    options and broken weights, OSError where the bank can't be written; a bank that is there outlives
    all but the last.
    """
    choice = choose_upscaler(
        options.upscaler, options.weights, device=options.device, precision=options.precision
    )
    read_choice(options.objects)
    policy_named(options.policy)
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(_printable(problem))
        report(problems[-1])

    with WorkerPool(workers) as pool:
        _check(raw)
        if choice.upscaler.network and (raw / OBJECTS).is_dir():
            # Loaded before anything is written, and where torch is needed anyway.
            device = result_of(pool.submit(device_of, choice.upscaler))
            choice = replace(choice, upscaler=replace(choice.upscaler, device=device))
        on_choice(choice)
        absent = tuple(
            name for name in (OBJECTS, HANDS, TEXTURES, REALOCC.folder) if not (raw / name).is_dir()
        )
        progress = ProgressCounter(on_progress)
        selection = _objects(raw, options, note, progress)
        opened = _Once(bank)
        work = Work(
            raw=raw,
            bank=bank,
            pool=pool,
            workers=workers,
            reread=reread,
            open_bank=opened,
            progress=progress,
        )
        found = _Found()
        for stream in streams_of(raw, selection.objects, options, choice.upscaler):
            _take(stream, work, found, problems, note)
        cofw = prepare_cofw(work, note)
        for problem in chain(misplaced(raw), count_problems(raw)):
            note(problem)
    if cofw is not None:
        record = cofw[0]
        found.names.add(COFW_TABLE)
        found.files |= {record.file: record.sha256} if record.size else {}
    # Made again alike, whatever else is there by then.
    settled = replace(options, upscaler=choice.upscaler.name, device=choice.upscaler.device or options.device)
    lines = "".join(json.dumps(asdict(problem), ensure_ascii=False) + "\n" for problem in problems)
    final, moved = final_splits(found.entries, found.evaluated)
    changed = close_bank(
        bank,
        final,
        found.files,
        {PROBLEMS: lines.encode()},
        {
            "upscaler": choice.upscaler.name,
            "upscaling": choice.facts | {"objects": dict(sorted(found.counted.items()))},
            "objects": options.objects if options.objects in ("default", "all") else "list",
            "policy": options.policy,
            "options": asdict(settled),
            "selection": selection.counts,
            "moved_to_test": moved,
            "held_out": held_out_names(final),
            "evaluation": {"faces": len(found.evaluated), "datasets": found.datasets},
            **({"cofw": cofw[1]} if cofw and cofw[1] else {}),
        },
    )
    if COFW_FILE not in found.files:
        storage.remove(storage.join(bank, COFW_FILE))
    drop_records(bank, frozenset(found.names))
    return PrepareReport(
        bank=bank,
        counts=count_entries(Bank(bank)),
        problems=tuple(problems),
        absent=absent,
        moved_to_test=moved,
        unchanged=not changed,
        shards_made=found.made,
        shards_kept=found.kept,
        upscaled=dict(sorted(found.counted.items())),
    )


class _Once:
    """Takes the bank out of use when the first shard is about to change."""

    def __init__(self, bank: str) -> None:
        self._bank, self._done = bank, False

    def __call__(self) -> None:
        if not self._done:
            open_bank(self._bank)
            self._done = True


def _check(raw: Path) -> None:
    """Find what no run can mend before anything is written: a wrong folder, an unreadable side-car."""
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder with {FACES} in it, got no such folder")
    check_faces(raw)
    for folder in FOLDERS:
        Sidecar(raw / folder, raw, lambda problem: None)
    check_cofw(raw)


def _objects(raw: Path, options: PrepareOptions, note: Report, progress: ProgressCounter) -> Selection:
    """The annotations that are taken, and how many there were."""
    if not (raw / OBJECTS).is_dir():
        return Selection(objects=[])

    def measure(thing: RawObject) -> float | None:
        progress.add(0)
        return blur_of(thing)

    return choose_objects(
        read_objects(raw, note), options.objects, hold_out=options.hold_out, blur_of=measure, report=note
    )


def _take(stream: Stream, work: Work, found: _Found, problems: list[Problem], note: Report) -> None:
    """Run a stream. Its problems are put in an order that no number of workers changes."""
    by_reader, start = list[Problem](), len(problems)
    in_inputs: list[Problem] = []

    def tell(into: list[Problem], problem: Problem) -> None:
        note(problem)
        into.append(problems[-1])

    entries: list[Entry] = []
    files: dict[str, str] = {}
    for name, record, kept in records_of(
        stream, work, lambda problem: tell(by_reader, problem), lambda problem: tell(in_inputs, problem)
    ):
        found.names.add(name)
        found.kept += kept
        found.made += not kept
        found.counted.update(record.counted)
        entries += record.entries
        files |= {record.file: record.sha256} if record.size else {}
    problems[start:] = by_reader + in_inputs
    found.files |= files
    if stream.evaluation is None:
        found.entries += entries
        return
    found.evaluated += entries
    found.datasets[stream.evaluation.dataset] = {
        "file": next(iter(files), None),
        "faces": len(entries),
        "licence": stream.evaluation.licence,
    }


def _printable(problem: Problem) -> Problem:
    """File names need not be UTF-8; what is written about them must."""
    said = {name: getattr(problem, name) for name in ("path", "expected", "got")}
    return replace(
        problem, **{name: text.encode("utf-8", "backslashreplace").decode() for name, text in said.items()}
    )
