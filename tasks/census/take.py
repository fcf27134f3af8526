"""The census counts every dataset and runs every reader. It changes nothing and decodes no pixels."""

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
from assets.datasets.iharmony4.reader import read_iharmony4
from assets.datasets.misplaced import misplaced_files
from assets.datasets.published import PUBLISHED
from assets.datasets.realocc import read_occluded_faces
from assets.problems import Problem, ReportProblem, Unmatched
from assets.reading.unmatched import only_unmatched
from tasks.census.reasons import Reason, count_reasons
from tasks.census.rows import CensusRow, census_row, user_annotation_rows
from tasks.census.unread import unread_inputs
from tasks.progress import OnProgress, ProgressCounter, ignore_progress

# Records between two reports of progress.
_AT_A_TIME = 256

Reader = Callable[[Path, ReportProblem], Iterable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Folders found, datasets missing, and problems reported by the readers."""

    rows: tuple[CensusRow, ...]
    # Datasets that are missing altogether, and missing folders of the other datasets.
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]
    # The readers' messages of errors that make a whole dataset unreadable.
    faults: tuple[str, ...]

    @property
    def refused(self) -> int:
        return sum(problem.action == "refused" for problem in self.problems)

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """The inputs that match nothing, by source and kind."""
        return only_unmatched(self.problems)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The numbers of refused and converted inputs and of notes, by dataset and reason."""
        return count_reasons(self.problems)

    @property
    def repeated(self) -> bool:
        """Whether several findings have one reason."""
        return any(reason.count > 1 for reason in self.reasons)

    @property
    def sound(self) -> bool:
        """True if nothing was refused, misplaced or unmatched, and all numbers are as published."""
        return not (self.refused or self.unmatched or self.faults or any(row.remark for row in self.rows))


def take_census(raw: Path, *, on_progress: OnProgress = ignore_progress) -> Census:
    """Count every dataset under ``raw`` and let the readers list what they would read.

    COCO's annotation files are read. COFW's files are checked only for presence and size. Files that no
    reader reads come last. ``on_progress`` counts the records of the readers. Raises FileNotFoundError if the
    folder does not exist.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"--raw {raw}: expected a folder of datasets, got no such folder")
    progress = ProgressCounter(on_progress)
    rows = _rows(raw, progress)
    problems: list[Problem] = []
    faults = [
        fault for reader in _readers(raw) if (fault := _list_records(reader, raw, problems.append, progress))
    ]
    misplaced = list(misplaced_files(raw))
    problems += misplaced
    problems += unread_inputs(raw, named={problem.path for problem in misplaced})
    return Census(
        rows=tuple(rows.values()),
        absent=_absent(rows),
        problems=tuple(problems),
        faults=tuple(dict.fromkeys(faults)),
    )


def _rows(raw: Path, progress: ProgressCounter) -> dict[str, CensusRow]:
    """The rows by name: published datasets, then user-provided annotations."""
    rows: dict[str, CensusRow] = {}
    for published in PUBLISHED:
        if (row := census_row(published, raw)) is not None:
            rows[published.name] = row
        progress.add(0)
    return rows | {row.dataset: row for row in user_annotation_rows(raw)}


def _absent(rows: dict[str, CensusRow]) -> tuple[str, ...]:
    """Names of missing datasets; for a dataset that is partly present, names of its missing folders."""
    there = {published.dataset for published in PUBLISHED if published.name in rows}
    there |= {coco.COCO_FOLDER for name in rows if name.startswith(f"{coco.COCO_FOLDER} ")}
    lacking = [published for published in PUBLISHED if published.name not in rows]
    names = (published.name if published.dataset in there else published.dataset for published in lacking)
    return tuple(dict.fromkeys(names))


def _readers(raw: Path) -> Iterator[Reader]:
    """Readers of the datasets that are present, in the order of ``prepare``."""
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
    """Read all records of a reader. Returns the message of an error that ends it, else ""."""
    try:
        records = iter(reader(raw, report))
        while count := sum(1 for _ in islice(records, _AT_A_TIME)):
            progress.add(count)
    except (OSError, ValueError) as error:
        return str(error)
    return ""
