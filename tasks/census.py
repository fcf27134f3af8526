"""What lies in a raw folder, beside what the publishers state. Changes nothing, decodes no pixels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from assets.datasets.celebamask import reader as celebamask
from assets.datasets.celebamask.reader import read_faces
from assets.datasets.coco import reader as coco
from assets.datasets.coco.reader import read_objects
from assets.datasets.coco.voo_objects import read_voo_objects
from assets.datasets.dtd import reader as dtd
from assets.datasets.dtd.reader import read_textures
from assets.datasets.evaluation import SOURCES
from assets.datasets.faceocc.reader import faceocc_folder, read_faceocc_cutouts, read_faceocc_textures
from assets.datasets.hands import reader as hands
from assets.datasets.hands.reader import read_hands
from assets.datasets.iharmony4 import read_iharmony4
from assets.datasets.published import PUBLISHED, Published
from assets.datasets.realocc import read_occluded_faces
from assets.pictures.images import Unreadable, read_size
from assets.problems import Problem, Report
from assets.reading.expected_counts import deviation, is_selection
from assets.reading.folders import relative
from assets.reading.locate_folder import find_folder
from tasks.progress import OnProgress, ProgressCounter, ignore_progress

# Links may lead in circles.
_DEEPEST = 4
# Records between two reports of progress.
_AT_A_TIME = 256

_TOLD_BY_READERS = ("RealOcc", "RealOcc-Wild")
_NOTED_BY_READERS = ("RealOcc-Wild", "FaceOcc COFW_test", "Voo objects")

Reader = Callable[[Path, Report], Iterable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusRow:
    """One folder of pictures that is there. ``remark`` says what is odd about it, "" for nothing."""

    dataset: str
    folder: str  # relative to the raw folder; absolute where it lies above it
    pictures: int
    published: int | None
    states: str
    remark: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """All that was found, what was not, and what the readers have to say."""

    rows: tuple[CensusRow, ...]
    # Datasets of which nothing is there, and parts of others.
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]
    # What spoils a dataset as a whole, in the readers' words.
    faults: tuple[str, ...]

    @property
    def refused(self) -> int:
        return sum(problem.action == "refused" for problem in self.problems)

    @property
    def sound(self) -> bool:
        """Whether nothing was refused, misplaced or of another number than published."""
        return not (self.refused or self.faults or any(row.remark for row in self.rows))


def take_census(raw: Path, *, on_progress: OnProgress = ignore_progress) -> Census:
    """Count every dataset under ``raw`` and let the readers list what they would read.

    Of COCO the annotation files are read, of COFW's the presence and size alone. ``on_progress`` counts
    what the readers list. Raises FileNotFoundError where there is no such folder.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder of datasets, got no such folder")
    progress = ProgressCounter(on_progress)
    rows = {}
    for one in PUBLISHED:
        if (found := _row(one, raw)) is not None:
            rows[one.name] = found
        progress.add(0)
    rows |= {row.dataset: row for row in _own_annotations(raw)}
    there = {one.dataset for one in PUBLISHED if one.name in rows}
    there |= {coco.FOLDER for name in rows if name.startswith(f"{coco.FOLDER} ")}
    lacking = [one for one in PUBLISHED if one.name not in rows]
    problems: list[Problem] = []
    faults = [fault for reader in _readers(raw) if (fault := _list(reader, raw, problems.append, progress))]
    return Census(
        rows=tuple(rows.values()),
        absent=tuple(dict.fromkeys(one.name if one.dataset in there else one.dataset for one in lacking)),
        problems=tuple(problems),
        faults=tuple(dict.fromkeys(faults)),
    )


def count_problems(raw: Path) -> Iterator[Problem]:
    """A line for each dataset at its place of another number of pictures than published, but not far fewer.

    Those that their readers note themselves are left to them.
    """
    for one in PUBLISHED:
        folder = next((raw / place for place in one.places if (raw / place).is_dir()), None)
        if folder is None or one.name in _NOTED_BY_READERS:
            continue
        count = _count(folder, one)
        if deviation(one.pictures, count):
            expected, got = f"{one.pictures} pictures, as published", str(count)
            yield Problem(path=relative(folder, raw), expected=expected, got=got, action="converted")


def misplaced(raw: Path) -> Iterator[Problem]:
    """A line for each folder of pictures that lies near its place but not there, with what to do."""
    for one in PUBLISHED:
        found = find_folder(raw, one.places)
        if found is not None and found.advice and one.name not in _TOLD_BY_READERS:
            yield Problem(path=one.places[0], expected="this folder", got=f"none; {found.advice}")


def _row(one: Published, raw: Path) -> CensusRow | None:
    found = find_folder(raw, one.places)
    if found is None:
        return None
    count = _count(found.folder, one)
    remarks = [
        found.advice,
        deviation(one.pictures, count),
        _other_sizes(found.folder, one, count),
        _deeper(found.folder, one, count),
    ]
    return CensusRow(
        dataset=one.name,
        folder=_where(found.folder, raw),
        pictures=count,
        published=one.pictures,
        states=one.states + _matlab_files(found.folder) if one.dataset == "COFW" else one.states,
        remark="; ".join(filter(None, remarks)),
        licence=one.licence,
    )


def _matlab_files(folder: Path) -> str:
    """COFW's files by name and size: they are pictures by the hundred, and need a library to be read."""
    sizes = (f"{path.name} of {path.stat().st_size / 1e6:.1f} MB" for path in sorted(folder.rglob("*.mat")))
    return "".join(f"; found {size}" for size in sizes)


def _own_annotations(raw: Path) -> Iterator[CensusRow]:
    """COCO's annotation files that are a user's own, by their photographs."""
    known = {one.part for one in PUBLISHED if one.dataset == "COCO"}
    for path in sorted((raw / coco.FOLDER / "annotations").glob("instances_*.json")):
        part = path.stem.removeprefix("instances_")
        places = (f"{coco.FOLDER}/{part}", f"{coco.FOLDER}/images/{part}")
        if part not in known:
            own = Published(dataset="COCO", part=part, places=places, licence=coco.LICENCE)
            if (row := _row(own, raw)) is not None:
                yield row


def _where(folder: Path, raw: Path) -> str:
    return relative(folder, raw) if folder.is_relative_to(raw) and folder != raw else folder.as_posix()


def _pictures(folder: Path, one: Published, depth: int = 0) -> Iterator[str]:
    """Paths of the pictures, told by suffix, in the folder, and below it where it has classes."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if one.nested and entry.is_dir():
                yield from _pictures(Path(entry.path), one, depth + 1) if depth < _DEEPEST else ()
            elif entry.name.lower().endswith(one.suffixes):
                yield entry.path


def _count(folder: Path, one: Published) -> int:
    return sum(1 for _ in _pictures(folder, one))


def _other_sizes(folder: Path, one: Published, count: int) -> str:
    """How many pictures are of another size than published; "" for a selection of one's own."""
    if one.pictures is None or is_selection(one.pictures, count) or one.widths is None or one.heights is None:
        return ""
    others = []
    for path in sorted(_pictures(folder, one)):
        try:
            width, height = read_size(Path(path))
        except Unreadable:
            continue
        fits = one.widths[0] <= width <= one.widths[1] and one.heights[0] <= height <= one.heights[1]
        others += [] if fits else [f"{Path(path).name} of {width}x{height}"]
    return f"{len(others)} of another size, the first {others[0]}" if others else ""


def _deeper(folder: Path, one: Published, count: int) -> str:
    """Where pictures lie that are not where they should: in the one folder below."""
    if count or one.nested:
        return ""
    below = [path for path in sorted(folder.iterdir()) if path.is_dir() and _count(path, one)]
    return f"pictures one level deeper; move those of {below[0].name} up" if below else "no pictures"


def _readers(raw: Path) -> Iterator[Reader]:
    """Those of the datasets that are there, in the order of ``prepare``."""
    readers: dict[str, Reader] = {
        celebamask.FOLDER: read_faces,
        coco.FOLDER: read_objects,
        hands.FOLDER: read_hands,
        dtd.FOLDER: read_textures,
        **{source.folder: partial(read_occluded_faces, source=source) for source in SOURCES},
    }
    yield from (reader for folder, reader in readers.items() if (raw / folder).is_dir())
    if faceocc_folder(raw) is not None:
        yield read_faceocc_cutouts
        yield read_faceocc_textures
    yield read_voo_objects
    yield read_iharmony4


def _list(reader: Reader, raw: Path, report: Report, progress: ProgressCounter) -> str:
    """Run through all records; the message where the dataset can't be read at all."""
    try:
        records = iter(reader(raw, report))
        while count := sum(1 for _ in islice(records, _AT_A_TIME)):
            progress.add(count)
    except (OSError, ValueError) as error:
        return str(error)
    return ""
