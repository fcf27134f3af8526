"""From raw trees to a bank: read, convert, cut out, and keep test photographs out of training."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import cv2

from assets.bank import Bank, BankWriter
from assets.celebamask import FOLDER as FACES
from assets.celebamask import check_faces, read_faces
from assets.coco import FOLDER as OBJECTS
from assets.coco import read_objects
from assets.coco_selection import read_choice, select_objects
from assets.cofw import FOLDERS as COFW_FOLDERS
from assets.cofw import check_cofw
from assets.corrected import FOLDER as CORRECTED
from assets.dtd import FOLDER as TEXTURES
from assets.dtd import read_textures
from assets.hands import FOLDER as HANDS
from assets.hands import MASKS as HAND_MASKS
from assets.hands import read_hands
from assets.problems import Problem, Report
from assets.realocc import REALOCC, read_occluded_faces
from assets.records import RawFace, RawHand, RawObject, RawOccludedFace, RawTexture
from assets.sidecar import Sidecar
from assets.upscalers import upscaler_named
from shards import storage
from tasks.pool import WorkerPool, ordered_map
from tasks.prepare_cofw import TABLE as COFW_TABLE
from tasks.prepare_cofw import write_cofw
from tasks.prepare_evaluation import SOURCES, evaluation_file, prepare_evaluated, write_evaluation
from tasks.prepare_faces import prepare_face
from tasks.prepare_inputs import fingerprint, hash_files
from tasks.prepare_occluders import prepare_hand, prepare_object, prepare_texture
from tasks.prepare_report import PROBLEMS, PrepareReport, count_entries, report_of
from tasks.prepare_splits import split_of, test_names
from tasks.prepared import Prepared, relative

FOLDERS = (FACES, OBJECTS, HANDS, HAND_MASKS, TEXTURES, *(source.folder for source in SOURCES))
_CHUNK = 8

T = TypeVar("T", RawFace, RawObject, RawHand, RawTexture, RawOccludedFace)


def prepare(
    raw: Path,
    bank: str,
    *,
    objects: str = "default",
    upscaler: str = "lanczos",
    workers: int = 2,
    report: Report = lambda problem: None,
) -> PrepareReport:
    """Prepare every raw dataset under ``raw``; problems go to ``report`` as they come.

    Nothing is done where the raw files, the options and the code are those of the bank that is there.
    Raises FileNotFoundError where there are no faces, ValueError for unknown options, OSError where
    the bank can't be written; a bank that is there outlives the first two.
    """
    upscaler_named(upscaler)
    wanted = read_choice(objects)
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(_printable(problem))
        report(problems[-1])

    with WorkerPool(workers) as pool:
        _check(raw)
        files = hash_files(raw, (*FOLDERS, CORRECTED, *COFW_FOLDERS), workers)
        made_from = fingerprint(files, wanted, upscaler)
        named = (OBJECTS, HANDS, TEXTURES, REALOCC.folder)
        absent = tuple(name for name in named if not (raw / name).is_dir())
        if (there := report_of(bank, made_from)) is not None:
            return replace(there, absent=absent)
        usable = [] if OBJECTS in absent else list(_distinct(read_objects(raw, note), raw, note))
        chosen = select_objects(usable, objects)
        barred = _barred(raw, files)
        writer = BankWriter(bank)
        evaluated = _write_evaluation(raw, bank, pool, workers, note)
        cofw = write_cofw(raw, bank, note)
        moved = 0
        for one in _prepare_all(raw, absent, chosen, upscaler, pool, workers, note):
            if one.entry is None:
                continue
            split = split_of(one.entry, barred)
            moved += split != one.entry.split
            writer.add(replace(one.entry, split=split), one.members)
    lines = "".join(json.dumps(asdict(problem), ensure_ascii=False) + "\n" for problem in problems)
    storage.write_bytes(storage.join(bank, PROBLEMS), lines.encode())
    beside = (PROBLEMS, *(one["file"] for one in evaluated.values()), *((COFW_TABLE,) if cofw else ()))
    writer.close(
        files={name: storage.sha256_of(storage.join(bank, name)) for name in beside},
        fingerprint=made_from,
        upscaler=upscaler,
        objects=wanted if isinstance(wanted, str) else "list",
        selection={"annotations": len(usable), "chosen": len(chosen)},
        moved_to_test=moved,
        evaluation={"faces": sum(one["faces"] for one in evaluated.values()), "datasets": evaluated},
        **({"cofw": cofw} if cofw else {}),
    )
    return PrepareReport(
        bank=bank,
        counts=count_entries(Bank(bank)),
        problems=tuple(problems),
        absent=absent,
        moved_to_test=moved,
        unchanged=False,
    )


def _check(raw: Path) -> None:
    """Find what no run can mend before anything is written: a wrong folder, an unreadable side-car."""
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder with {FACES} in it, got no such folder")
    check_faces(raw)
    for folder in FOLDERS:
        Sidecar(raw / folder, raw, lambda problem: None)
    check_cofw(raw)


def _prepare_all(
    raw: Path,
    absent: tuple[str, ...],
    chosen: list[RawObject],
    upscaler: str,
    pool: WorkerPool,
    workers: int,
    note: Report,
) -> Iterator[Prepared]:
    """Faces, objects, hands, textures, each in the order of its reader."""

    def run(function: Callable[[T], Prepared], items: Iterable[T]) -> Iterator[Prepared]:
        return _run(function, _distinct(items, raw, note), pool, workers, note)

    yield from run(partial(prepare_face, raw=raw), read_faces(raw, note))
    yield from run(partial(prepare_object, raw=raw, upscaler=upscaler), chosen)
    if HANDS not in absent:
        yield from run(partial(prepare_hand, raw=raw), read_hands(raw, note))
    if TEXTURES not in absent:
        yield from run(partial(prepare_texture, raw=raw), read_textures(raw, note))


def _write_evaluation(
    raw: Path, bank: str, pool: WorkerPool, workers: int, note: Report
) -> dict[str, dict[str, Any]]:
    """A shard for each dataset of really occluded faces that is there, RealOcc's in any case."""
    written: dict[str, dict[str, Any]] = {}
    for source in SOURCES:
        name, there = evaluation_file(source), (raw / source.folder).is_dir()
        if not there and source is not REALOCC:
            storage.remove(storage.join(bank, name))
            continue
        faces = _distinct(read_occluded_faces(raw, note, source), raw, note) if there else ()
        done = _run(partial(prepare_evaluated, raw=raw, source=source), faces, pool, workers, note)
        count = write_evaluation(bank, source, done)
        written[source.dataset] = {"file": name, "faces": count, "licence": source.licence}
    return written


def _run(
    function: Callable[[T], Prepared], items: Iterable[T], pool: WorkerPool, workers: int, note: Report
) -> Iterator[Prepared]:
    """Prepare the items in worker processes; results and problems in the items' order."""
    for prepared in ordered_map(pool, partial(_each, function), items, _CHUNK, 3 * workers):
        for problem in prepared.problems:
            note(problem)
        yield prepared


def _each(function: Callable[[T], Prepared], items: list[T]) -> list[Prepared]:
    cv2.setNumThreads(1)
    return [function(item) for item in items]


def _distinct(items: Iterable[T], raw: Path, note: Report) -> Iterator[T]:
    """The items whose id none before them has: 7.jpg and 007.jpg are one name, a second id 5 no other."""
    first: dict[str, Path] = {}
    for item in items:
        if item.id in first:
            where = relative(item.image, raw)
            got = f"the id {item.id} of {relative(first[item.id], raw)}"
            note(Problem(path=where, expected="an id of its own", got=got))
            continue
        first[item.id] = item.image
        yield item


def _barred(raw: Path, files: dict[str, str]) -> frozenset[tuple[str, str]]:
    def photo_of(face: RawFace | RawOccludedFace) -> str:
        return face.origin.photo or files.get(relative(face.image, raw), "")

    def silent(problem: Problem) -> None:
        """What these readers find is reported when the faces are prepared."""

    there = (source for source in SOURCES if (raw / source.folder).is_dir())
    occluded = chain.from_iterable(read_occluded_faces(raw, silent, source) for source in there)
    return test_names(read_faces(raw, silent), occluded, photo_of)


def _printable(problem: Problem) -> Problem:
    """File names need not be UTF-8; what is written about them must."""
    said = {name: getattr(problem, name) for name in ("path", "expected", "got")}
    return replace(
        problem, **{name: text.encode("utf-8", "backslashreplace").decode() for name, text in said.items()}
    )
