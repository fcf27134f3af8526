"""iHarmony4: composites whose foreground and background differ in colour, with mask and real picture.

Layout as published: four sub-datasets with ``composite_images``, ``masks`` and ``real_images``, and lists of
the composites for training and testing (github.com/bcmi/Image-Harmonization-Dataset-iHarmony4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.datasets.iharmony4.lists import (
    COMPOSITES,
    IHARMONY4_KINDS,
    MASKS,
    REALS,
    SUBSETS,
    Composites,
    ListContent,
    find_list_files,
    parts_of,
    read_list_file,
)
from assets.problems import Problem, ReportProblem
from assets.reading.expected_counts import deviation
from assets.reading.faults import Faults
from assets.reading.folders import first_folder, names_in
from assets.reading.naming import id_of, normal
from assets.reading.tally import Tally
from assets.reading.unmatched import tally_of, unmatched
from assets.records import RawComposite
from assets.text.sidecar import Sidecar
from assets.text.sidecar_row import SidecarRow
from natocc.files.read import is_there, what_is

__all__ = ("COMPOSITES", "COUNTS", "IHARMONY4_FOLDERS", "IHARMONY4_KINDS", "SUBSETS", "read_iharmony4")

IHARMONY4_FOLDERS = ("iHarmony4", "IHarmony4")
# Composites by sub-dataset: train, test.
COUNTS = {
    "HAdobe5k": (19_437, 2_160),
    "HCOCO": (38_545, 4_283),
    "HFlickr": (7_449, 828),
    "Hday2night": (311, 133),
}
_SPLITS = ("train", "test")
IHARMONY4_LICENCE = (
    "iHarmony4: no licence stated; photographs under the terms of COCO, MIT-Adobe FiveK, day2night, Flickr"
)


def read_iharmony4(raw: Path, report: ReportProblem, split: str | None = None) -> Iterator[RawComposite]:
    """Yield composites in the order of ``IHD_train.txt``, then ``IHD_test.txt``; ``split`` selects one list.

    If a list is not at the root, the lists of the sub-datasets are read (``HCOCO/HCOCO_train.txt``, which
    contain file names without folders). The mask of ``c100001_391895_1.jpg`` is ``c100001_391895.png``, its
    real picture ``c100001.jpg``. A composite with a missing file is not yielded. Each kind of fault in a list
    is one Problem; those of the test list are told with ``split="train"`` too. A composite that the test list
    or the side-car holds out is not yielded for training, nor is one that an unclear line of the test list
    may mean. Nothing is yielded for training where the test list is no text.

    Raises ValueError for an unknown split. Yields nothing if the folder does not exist.
    """
    if split not in (None, *_SPLITS):
        raise ValueError(f"split {split!r}: expected one of {', '.join(_SPLITS)}, or None for both")
    folder = first_folder(raw, *IHARMONY4_FOLDERS)
    if folder is None:
        return
    reader = _Reader(folder, raw, report)
    for name in _SPLITS if split is None else (split,):
        yield from reader.read_split(name)
    if split is None:
        reader.report_unlisted()
    if split == "train":
        reader.report_list_faults("test")
    reader.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A composite as named in a line, with the file names derived from it."""

    subset: str
    composite: str
    mask: str
    real: str

    @property
    def key(self) -> str:
        return f"{self.subset}/{self.composite}"

    def files(self, folder: Path) -> dict[str, Path]:
        """Composite, mask and real picture by the folder of their kind."""
        names = {COMPOSITES: self.composite, MASKS: self.mask, REALS: self.real}
        return {kind: folder / self.subset / kind / name for kind, name in names.items()}


class _Reader:
    """Reads the lists of one folder. A composite is yielded once, for the first list that names it."""

    def __init__(self, folder: Path, raw: Path, report: ReportProblem) -> None:
        self._folder, self._raw, self._report = folder, raw, report
        self._sidecar = Sidecar(folder, raw, report, (f"*/{COMPOSITES}/*",))
        self._list_of: dict[str, str] = {}  # by composite
        self._used: dict[tuple[str, str], set[str]] = {}  # names by sub-dataset and folder
        self._composites = Composites(folder)
        self._lists = {
            split: [read_list_file(one, self._composites) for one in find_list_files(folder, split)]
            for split in _SPLITS
        }
        tests = self._lists["test"]
        self._tested = frozenset(key for one in tests for key in one.names.found)
        self._doubtful = frozenset(key for one in tests for key in one.doubtful) - self._tested
        self._marked = frozenset(key for one in self._lists["train"] for key in one.names.marked)
        # Sub-datasets whose test list can't be read; None: of all.
        self._unread = {one.source.subset for one in tests if one.error is not None}

    def finish(self) -> None:
        self._sidecar.finish()

    def read_split(self, split: str) -> Iterator[RawComposite]:
        """Yield the composites of a split. A split without a list is a Problem."""
        if not self._lists[split]:
            where = self._relative(self._folder / f"IHD_{split}.txt")
            expected = f"this list, or <sub-dataset>/<sub-dataset>_{split}.txt"
            self._report(Problem(path=where, expected=expected, got="no such file"))
        for content in self._lists[split]:
            yield from self._read_list(content)

    def report_list_faults(self, split: str) -> None:
        """Report what the lists of a split hold beside composites."""
        for content in self._lists[split]:
            for problem in content.problems(self._relative(content.source.path)):
                self._report(problem)

    def _read_list(self, content: ListContent) -> Iterator[RawComposite]:
        split = content.source.split
        where, faults, counts = self._relative(content.source.path), Faults(), Counter[str]()
        held_out = Tally()
        for named in self._lines(content, faults):
            counts[named.subset] += 1
            files = named.files(self._folder)
            row = self._sidecar.row_of(f"{named.subset}/{COMPOSITES}/{named.composite}")
            if row.split == "excluded" or (row.split, split) == ("test", "train"):
                held_out.add(named.key)
                continue
            lacking = [kind for kind, file in files.items() if what_is(file)]
            for kind in lacking:
                got = f"{what_is(files[kind])} in place of" if is_there(files[kind]) else "no file for"
                faults.add(f"{named.subset}/{kind} of its composites", got, files[kind].name)
            if not lacking:
                yield self._composite(named, split, files, row)
        self._report_counts(where, split, counts)
        if held_out:
            expected = "composites that the side-car does not hold out"
            self._report(Problem(path=where, expected=expected, got=f"others {held_out}", action="noted"))
        for problem in (*faults.problems(where), *content.problems(where)):
            self._report(problem)

    def _lines(self, content: ListContent, faults: Faults) -> Iterator[_Named]:
        """The composites of the list that no earlier list contains."""
        where = self._relative(content.source.path)
        for named in map(_named, content.names.found):
            for kind, file in named.files(self._folder).items():
                self._used.setdefault((named.subset, kind), set()).add(file.name)
            if content.source.split == "train" and (reason := self._why_not_trained(named)):
                faults.add(reason, "others", named.key)
                continue
            if (earlier := self._list_of.get(named.key)) is not None:
                faults.add("composites that no line has yet", "others", f"{named.key} of {earlier}")
                continue
            self._list_of[named.key] = where
            yield named

    def _why_not_trained(self, named: _Named) -> str:
        """What a composite to train on is not, by the test lists; "" if they let it be."""
        if named.key in self._tested:
            return "composites that the test list does not name"
        if named.key in self._doubtful:
            return "composites that no line of the test list may mean which can't be read"
        if named.key in self._marked:
            return 'composites to train on without a word like "test" beside them'
        unread = None in self._unread or named.subset in self._unread
        return "a test list that can be read, without which nothing is trained on" if unread else ""

    def report_unlisted(self) -> None:
        """Report the files of each sub-dataset that no line of the lists leads to."""
        for subset in SUBSETS:
            for kind in IHARMONY4_KINDS:
                folder, used = self._folder / subset / kind, self._used.get((subset, kind), set())
                names = sorted(names_in(folder)) if folder.is_dir() else []
                unused = tally_of(name for name in names if normal(name) not in used)
                if unused:
                    found, todo = "files that no list names", "add them to a list"
                    expected = "a line of a list for each composite"
                    self._report(
                        unmatched(self._relative(folder), found, unused, expected=expected, todo=todo)
                    )

    def _composite(self, named: _Named, split: str, files: dict[str, Path], row: SidecarRow) -> RawComposite:
        return RawComposite(
            id=id_of(named.key),
            subset=named.subset,
            split=split,
            composite=files[COMPOSITES],
            mask=files[MASKS],
            real=files[REALS],
            origin=row.origin("iHarmony4", IHARMONY4_LICENCE),
        )

    def _report_counts(self, where: str, split: str, counts: Counter[str]) -> None:
        """Report each sub-dataset whose list has nearly, but not exactly, the published length."""
        for subset in SUBSETS:
            stated = COUNTS[subset][_SPLITS.index(split)]
            if counts[subset] and deviation(stated, counts[subset]):
                expected, got = f"{stated} lines of {subset}, as published", str(counts[subset])
                self._report(Problem(path=where, expected=expected, got=got, action="noted"))

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._raw).as_posix()


def _named(key: str) -> _Named:
    """The composite of a key, ``HCOCO/c1_1_1.jpg``."""
    subset, _, composite = key.partition("/")
    mask, real = parts_of(composite)
    return _Named(subset=subset, composite=composite, mask=mask, real=real)
