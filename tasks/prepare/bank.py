"""From raw trees to a bank: read, convert, cut out, and keep test photographs out of training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from assets.bank.writer import open_bank
from assets.datasets.celebamask.reader import CELEBAMASK_FOLDER, check_faces
from assets.datasets.coco.reader import COCO_FOLDER, read_objects
from assets.datasets.coco.selection import ObjectSelection, choose_objects, read_choice
from assets.datasets.cofw.reader import check_cofw
from assets.datasets.dtd.reader import DTD_FOLDER
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc.reader import FACEOCC_FOLDER
from assets.datasets.hands.reader import HAND_MASKS, HANDS_FOLDER
from assets.datasets.misplaced import check_sidecars, misplaced_files
from assets.datasets.realocc import REALOCC
from assets.face_metadata.defects.tree import defects_of_tree
from assets.problems import ReportProblem
from assets.records import RawObject
from assets.text.sidecar import Sidecar
from assets.text.withdrawals import read_withdrawals
from natocc.files.read import use_bounds
from natocc.masks.policy import policy_named
from shards import storage
from shards.check_output import check_folder
from shards.lock import one_writer
from tasks.census.problems import count_problems, misplaced
from tasks.census.unread import unread_inputs
from tasks.prepare.cofw import prepare_cofw
from tasks.prepare.collect import BankContents, ProblemLog, collect_source
from tasks.prepare.occluders.sharpness import blur_of
from tasks.prepare.options import PrepareOptions, former_options
from tasks.prepare.publish import check_bank_place, publish_bank
from tasks.prepare.report import PrepareReport
from tasks.prepare.shards import Work
from tasks.prepare.sources import find_sources, with_frame
from tasks.prepare.upscaling.choose import UpscalerChoice, choose_upscaler
from tasks.prepare.upscaling.network import device_of
from tasks.prepare.withdrawn.check import Withdrawn
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import WorkerPool
from tasks.workers.signals import kept

FOLDERS = (
    CELEBAMASK_FOLDER,
    COCO_FOLDER,
    HANDS_FOLDER,
    HAND_MASKS,
    DTD_FOLDER,
    FACEOCC_FOLDER,
    *(source.folder for source in SOURCES),
)
# A bank without these lacks inputs that recipes use.
_REPORTED_ABSENT = (COCO_FOLDER, HANDS_FOLDER, DTD_FOLDER, REALOCC.folder)


@one_writer("bank")
def prepare(
    raw: Path,
    bank: str,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 (frozen)
    *,
    workers: int = 2,
    reread: bool = False,
    wait: bool = False,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
    on_upscaler: Callable[[UpscalerChoice], None] = lambda choice: None,
) -> PrepareReport:
    """Prepare every raw dataset under ``raw``; ``report`` gets each problem as it is found.

    A shard is kept if its content is as it was written and its inputs, options and code are unchanged, so an
    interrupted call resumes where it stopped and a damaged bank is repaired. The bank before can be read
    until the new one takes its place, at the end. An input counts as unchanged by size and time, with
    ``reread`` by content. ``on_progress`` counts inputs; ``on_upscaler`` gets the upscaler that is used.

    Raises InUse if another run writes the bank, unless ``wait``. Raises FileNotFoundError if there are no
    faces or no upscaler is available, ValueError for unknown options, broken weights and a bank of a later
    release, OSError if the bank can't be written. An existing bank survives all of these errors.
    """
    choice = choose_upscaler(
        options.upscaler, options.weights, device=options.device, precision=options.precision
    )
    policy_named(options.policy)
    check_folder(bank)
    check_bank_place(bank)
    # Raises for a bank of a later release.
    former_options(bank)
    note = f"the finished shards are kept in {bank}; run the same command again to go on"
    with kept(note), use_bounds(options.bounds), WorkerPool(workers) as pool:
        read_choice(options.objects)
        _check(raw)
        withdrawn = Withdrawn(row.subject for row in read_withdrawals(raw))
        choice = _with_device(choice, raw, pool)
        on_upscaler(choice)
        work = Work(
            raw=raw,
            bank=bank,
            pool=pool,
            workers=workers,
            reread=reread,
            open_bank=_Opener(bank),
            progress=ProgressCounter(on_progress),
            withdrawn=withdrawn,
        )
        absent = tuple(name for name in _REPORTED_ABSENT if not (raw / name).is_dir())
        contents = _collect(work, options, choice, report)
    return publish_bank(bank, options, contents, absent)


def _collect(
    work: Work, options: PrepareOptions, choice: UpscalerChoice, report: ReportProblem
) -> BankContents:
    """Run all sources; problems of the raw folder as a whole come last."""
    before, after = ProblemLog(report), ProblemLog(report)
    selection = _choose_objects(work, options, before.add)
    sources = find_sources(work.raw, selection.objects, options, choice.upscaler)
    results = tuple(collect_source(source, work, report) for source in sources)
    cofw = prepare_cofw(work, after.add)
    files = list(misplaced_files(work.raw))
    named = {problem.path for problem in files}
    unread = unread_inputs(work.raw, storage.local_path(work.bank), named)
    for problem in chain(misplaced(work.raw), files, count_problems(work.raw), unread):
        after.add(problem)
    return BankContents(
        upscaling=choice,
        selection=selection,
        sources=results,
        cofw=cofw,
        defects=defects_of_tree(work.raw),
        problems=tuple(chain(before.problems, *(result.problems for result in results), after.problems)),
    )


class _Opener:
    """Opens the bank when the first shard is about to be written."""

    def __init__(self, bank: str) -> None:
        self._bank, self._done = bank, False

    def __call__(self) -> None:
        if not self._done:
            open_bank(self._bank)
            self._done = True


def _check(raw: Path) -> None:
    """Raise for a wrong folder or an unreadable side-car before anything is written."""
    if not raw.is_dir():
        raise FileNotFoundError(
            f"--raw {raw}: expected a folder with {CELEBAMASK_FOLDER} in it, got no such folder"
        )
    check_faces(raw)
    for folder in FOLDERS:
        Sidecar(raw / folder, raw, lambda problem: None)
    check_sidecars(raw)
    check_cofw(raw)


def _with_device(choice: UpscalerChoice, raw: Path, pool: WorkerPool) -> UpscalerChoice:
    """The choice with the device that a worker finds, if a network has objects to enlarge."""
    if not choice.upscaler.network or not (raw / COCO_FOLDER).is_dir():
        return choice
    # The network is loaded before anything is written.
    device = pool.submit(device_of, choice.upscaler).result()
    return replace(choice, upscaler=replace(choice.upscaler, device=device))


def _choose_objects(work: Work, options: PrepareOptions, report: ReportProblem) -> ObjectSelection:
    """The annotations to prepare, and how many there were."""
    if not (work.raw / COCO_FOLDER).is_dir():
        return ObjectSelection(objects=[])

    def measure(thing: RawObject) -> float | None:
        work.progress.add(0)
        return blur_of(thing)

    skipped = Counter[str]()
    return choose_objects(
        with_frame(partial(read_objects, work.raw, skipped=skipped), options.frame, report),
        options.objects,
        hold_out=options.hold_out,
        blur_of=measure,
        skipped=skipped,
        report=report,
    )
