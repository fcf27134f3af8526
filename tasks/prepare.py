"""From raw trees to a bank: read, convert, cut out, and keep test photographs out of training."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2

from assets.bank import INDEX, Bank, BankWriter, Entry
from assets.celebamask import FOLDER as FACES
from assets.celebamask import read_faces
from assets.coco import FOLDER as OBJECTS
from assets.coco import read_objects
from assets.coco_selection import select_objects
from assets.dtd import FOLDER as TEXTURES
from assets.dtd import read_textures
from assets.hands import FOLDER as HANDS
from assets.hands import MASKS as HAND_MASKS
from assets.hands import read_hands
from assets.problems import Problem, Report
from assets.realocc import FOLDER as REALOCC
from assets.realocc import read_occluded_faces
from assets.upscalers import upscaler_named
from manifests.lineage import PREPARE, code_version, digest, library_versions
from shards import storage
from shards.tar import pack
from tasks.pool import WorkerPool, ordered_map
from tasks.prepare_faces import prepare_face, prepare_occluded_face
from tasks.prepare_occluders import prepare_hand, prepare_object, prepare_texture
from tasks.prepared import Prepared

FOLDERS = (FACES, OBJECTS, HANDS, HAND_MASKS, TEXTURES, REALOCC)
PROBLEMS, EVALUATION = "problems.jsonl", "realocc-000000.tar"
_CHUNK = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReport:
    """What the bank holds now."""

    bank: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    absent: tuple[str, ...]  # raw datasets that are not there
    moved_to_test: int
    unchanged: bool

    @property
    def refused(self) -> int:
        return sum(problem.action == "refused" for problem in self.problems)


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
    the bank can't be written.
    """
    upscaler_named(upscaler)
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder with {FACES} in it, got no such folder")
    fingerprint = _fingerprint(raw, objects, upscaler)
    absent = tuple(name for name in (OBJECTS, HANDS, TEXTURES, REALOCC) if not (raw / name).is_dir())
    if (there := _unchanged(bank, fingerprint)) is not None:
        return replace(there, absent=absent)
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    with WorkerPool(workers) as pool:
        writer = BankWriter(bank)
        results = list(_prepare_occluded(raw, pool, workers, note)) if REALOCC not in absent else []
        barred = _test_origins(raw, [one.entry for one in results if one.entry], note)
        moved = 0
        for one in _prepare_all(raw, absent, objects, upscaler, pool, workers, note):
            if one.entry is None:
                continue
            split = _split_of(one.entry, barred)
            moved += split != one.entry.split
            writer.add(replace(one.entry, split=split), one.members)
    lines = "".join(json.dumps(asdict(problem), ensure_ascii=False) + "\n" for problem in problems)
    storage.write_bytes(storage.join(bank, PROBLEMS), lines.encode())
    evaluation = pack((one.entry.id, one.members) for one in results if one.entry)
    storage.write_bytes(storage.join(bank, EVALUATION), evaluation)
    extra = {PROBLEMS: storage.sha256_bytes(lines.encode()), EVALUATION: storage.sha256_bytes(evaluation)}
    writer.close(
        files=extra,
        fingerprint=fingerprint,
        upscaler=upscaler,
        objects=objects if objects in ("default", "all") else "list",
        moved_to_test=moved,
        evaluation={"file": EVALUATION, "faces": sum(one.entry is not None for one in results)},
    )
    counts = _counts(Bank(bank))
    return PrepareReport(
        bank=bank,
        counts=counts,
        problems=tuple(problems),
        absent=absent,
        moved_to_test=moved,
        unchanged=False,
    )


def _prepare_all(
    raw: Path,
    absent: tuple[str, ...],
    objects: str,
    upscaler: str,
    pool: WorkerPool,
    workers: int,
    note: Report,
) -> Iterator[Prepared]:
    run = partial(_run, pool=pool, workers=workers, note=note)
    yield from run(partial(prepare_face, raw=raw), read_faces(raw, note))
    if OBJECTS not in absent:
        chosen = select_objects(list(read_objects(raw, note)), objects)
        yield from run(partial(prepare_object, raw=raw, upscaler=upscaler), chosen)
    if HANDS not in absent:
        yield from run(partial(prepare_hand, raw=raw), read_hands(raw, note))
    if TEXTURES not in absent:
        yield from run(partial(prepare_texture, raw=raw), read_textures(raw, note))


def _prepare_occluded(raw: Path, pool: WorkerPool, workers: int, note: Report) -> Iterator[Prepared]:
    faces = read_occluded_faces(raw, note)
    return _run(partial(prepare_occluded_face, raw=raw), faces, pool=pool, workers=workers, note=note)


def _run(
    function: Callable[[T], Prepared], items: Iterable[T], *, pool: WorkerPool, workers: int, note: Report
) -> Iterator[Prepared]:
    """Prepare the items in worker processes; results and problems in the items' order."""
    for prepared in ordered_map(pool, partial(_each, function), items, _CHUNK, 3 * workers):
        for problem in prepared.problems:
            note(problem)
        yield prepared


def _each(function: Callable[[T], Prepared], items: list[T]) -> list[Prepared]:
    cv2.setNumThreads(1)
    return [function(item) for item in items]


def _test_origins(raw: Path, occluded: list[Entry], note: Report) -> set[str]:
    """Photographs and persons that hold a test face: really occluded ones and those said to be test."""
    barred = {name for entry in occluded for name in (entry.photo, entry.person) if name}
    for face in read_faces(raw, lambda problem: None):
        if face.origin.split == "test":
            barred |= {name for name in (face.origin.photo, face.origin.person) if name}
    return barred


def _split_of(entry: Entry, barred: set[str]) -> str:
    """Nothing of a photograph or person with a test face is trained on."""
    if entry.split == "train" and (entry.photo in barred or entry.person in barred):
        return "test"
    return entry.split


def _fingerprint(raw: Path, objects: str, upscaler: str) -> str:
    """Hash of every raw file's content, the options and the code."""
    listed = Path(objects).read_text() if Path(objects).is_file() else objects
    files = [
        [path.relative_to(raw).as_posix(), storage.sha256_of(str(path))]
        for folder in FOLDERS
        for path in sorted((raw / folder).rglob("*"))
        if path.is_file()
    ]
    return digest([files, listed, upscaler, code_version(PREPARE), library_versions()])


def _unchanged(bank: str, fingerprint: str) -> PrepareReport | None:
    if not storage.exists(storage.join(bank, INDEX)):
        return None
    there = Bank(bank)
    if there.index.get("fingerprint") != fingerprint:
        return None
    lines = storage.read_bytes(storage.join(bank, PROBLEMS)).decode().splitlines()
    return PrepareReport(
        bank=bank,
        counts=_counts(there),
        problems=tuple(Problem(**json.loads(line)) for line in lines),
        absent=(),
        moved_to_test=int(str(there.index["moved_to_test"])),
        unchanged=True,
    )


def _counts(bank: Bank) -> dict[str, int]:
    """Entries by kind, faces by split, really occluded faces."""
    counts: Counter[str] = Counter()
    for entry in bank.entries("face"):
        counts[f"{entry.split} faces"] += 1
    for kind in ("object", "hand", "texture"):
        counts[f"{kind}s"] = len(bank.entries(kind))
    counts["occluded faces"] = int(bank.index["evaluation"]["faces"])  # type: ignore[index]
    return dict(counts)
