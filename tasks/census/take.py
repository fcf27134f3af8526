"""The census: every dataset counted, every reader run. It changes nothing and decodes no pixels."""

from __future__ import annotations

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
from assets.datasets.published import PUBLISHED
from assets.datasets.realocc import read_occluded_faces
from assets.problems import Problem, ReportProblem
from tasks.census.rows import CensusRow, census_row, user_annotation_rows
from tasks.progress import OnProgress, ProgressCounter, ignore_progress

# Records between two reports of progress.
_AT_A_TIME = 256

Reader = Callable[[Path, ReportProblem], Iterable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """All that was found, what is missing, and what the readers report."""

    rows: tuple[CensusRow, ...]
    # Datasets of which nothing is there, and missing folders of the others.
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]
    # Errors that make a whole dataset unreadable, in the readers' words.
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

    Of COCO the annotation files are read; of COFW's files only presence and size are looked at.
    ``on_progress`` counts the records of the readers. Raises FileNotFoundError where there is no such
    folder.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder of datasets, got no such folder")
    progress = ProgressCounter(on_progress)
    rows = _rows(raw, progress)
    problems: list[Problem] = []
    faults = [
        fault for reader in _readers(raw) if (fault := _list_records(reader, raw, problems.append, progress))
    ]
    return Census(
        rows=tuple(rows.values()),
        absent=_absent(rows),
        problems=tuple(problems),
        faults=tuple(dict.fromkeys(faults)),
    )


def _rows(raw: Path, progress: ProgressCounter) -> dict[str, CensusRow]:
    """The rows by name: published datasets, then a user's own annotations."""
    rows: dict[str, CensusRow] = {}
    for published in PUBLISHED:
        if (row := census_row(published, raw)) is not None:
            rows[published.name] = row
        progress.add(0)
    return rows | {row.dataset: row for row in user_annotation_rows(raw)}


def _absent(rows: dict[str, CensusRow]) -> tuple[str, ...]:
    """Names of what is missing: of a dataset of which something is there, its folders one by one."""
    there = {published.dataset for published in PUBLISHED if published.name in rows}
    there |= {coco.COCO_FOLDER for name in rows if name.startswith(f"{coco.COCO_FOLDER} ")}
    lacking = [published for published in PUBLISHED if published.name not in rows]
    names = (published.name if published.dataset in there else published.dataset for published in lacking)
    return tuple(dict.fromkeys(names))


def _readers(raw: Path) -> Iterator[Reader]:
    """Readers of the datasets that are there, in the order of ``prepare``."""
    readers: dict[str, Reader] = {
        celebamask.CELEBAMASK_FOLDER: read_faces,
        coco.COCO_FOLDER: read_objects,
        hands.HANDS_FOLDER: read_hands,
        dtd.DTD_FOLDER: read_textures,
        **{source.folder: partial(read_occluded_faces, source=source) for source in SOURCES},
    }
    yield from (reader for folder, reader in readers.items() if (raw / folder).is_dir())
    if faceocc_folder(raw) is not None:
        yield read_faceocc_cutouts
        yield read_faceocc_textures
    yield read_voo_objects
    yield read_iharmony4


def _list_records(reader: Reader, raw: Path, report: ReportProblem, progress: ProgressCounter) -> str:
    """Go through all records of a reader; the message of an error that ends it, else ""."""
    try:
        records = iter(reader(raw, report))
        while count := sum(1 for _ in islice(records, _AT_A_TIME)):
            progress.add(count)
    except (OSError, ValueError) as error:
        return str(error)
    return ""
