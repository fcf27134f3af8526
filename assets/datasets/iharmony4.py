"""iHarmony4: composites whose foreground and background differ in colour, with mask and real picture.

Layout as published: four sub-datasets with ``composite_images``, ``masks`` and ``real_images``, and lists of
the composites for training and testing (github.com/bcmi/Image-Harmonization-Dataset-iHarmony4).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.problems import Problem, ReportProblem, unreadable
from assets.reading.expected_counts import deviation
from assets.reading.faults import Faults
from assets.reading.folders import first_folder, names_in
from assets.reading.naming import id_of, normal
from assets.reading.tally import Tally
from assets.reading.unmatched import tally_of, unmatched
from assets.records import RawComposite
from assets.text.lines import path_parts, unquote
from assets.text.name_list import numbered_entries
from assets.text.sidecar import Sidecar
from assets.text.sidecar_row import SidecarRow
from natocc.files.read import is_there, what_is
from natocc.files.text import read_text

IHARMONY4_FOLDERS = ("iHarmony4", "IHarmony4")
SUBSETS = ("HAdobe5k", "HCOCO", "HFlickr", "Hday2night")
IHARMONY4_KINDS = COMPOSITES, _MASKS, _REALS = "composite_images", "masks", "real_images"
# Composites by sub-dataset: train, test.
COUNTS = {
    "HAdobe5k": (19_437, 2_160),
    "HCOCO": (38_545, 4_283),
    "HFlickr": (7_449, 828),
    "Hday2night": (311, 133),
}
_SPLITS = ("train", "test")
_SEPARATOR = re.compile(r"[,;\t|]")
IHARMONY4_LICENCE = (
    "iHarmony4: no licence stated; photographs under the terms of COCO, MIT-Adobe FiveK, day2night, Flickr"
)


def read_iharmony4(raw: Path, report: ReportProblem, split: str | None = None) -> Iterator[RawComposite]:
    """Yield composites in the order of ``IHD_train.txt``, then ``IHD_test.txt``; ``split`` selects one list.

    If a list is not at the root, the lists of the sub-datasets are read (``HCOCO/HCOCO_train.txt``, which
    contain file names without folders). The mask of ``c100001_391895_1.jpg`` is ``c100001_391895.png``, its
    real picture ``c100001.jpg``. A composite with a missing file is not yielded. Each kind of fault in a list
    is one Problem. A composite that the test list or the side-car holds out is not yielded for training.

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
    reader.finish()


def parts_of(composite: str) -> tuple[str, str]:
    """Names of a composite's mask and real picture. Raises ValueError for a name with too few fields.

    >>> parts_of("c100001_391895_1.jpg")
    ('c100001_391895.png', 'c100001.jpg')
    """
    real, *fields = PurePosixPath(composite).stem.rsplit("_", 2)
    if len(fields) != 2 or not all((real, *fields)):
        raise ValueError(f"{composite}: expected <photograph>_<foreground>_<version>.jpg")
    return f"{real}_{fields[0]}.png", f"{real}.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One list file. ``subset`` is the sub-dataset of all its lines; None if each line names one."""

    path: Path
    split: str
    subset: str | None


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
        names = {COMPOSITES: self.composite, _MASKS: self.mask, _REALS: self.real}
        return {kind: folder / self.subset / kind / name for kind, name in names.items()}


class _Reader:
    """Reads the lists of one folder. A composite is yielded once, for the first list that names it."""

    def __init__(self, folder: Path, raw: Path, report: ReportProblem) -> None:
        self._folder, self._raw, self._report = folder, raw, report
        self._sidecar = Sidecar(folder, raw, report, (f"*/{COMPOSITES}/*",))
        self._list_of: dict[str, str] = {}  # by composite
        self._used: dict[tuple[str, str], set[str]] = {}  # names by sub-dataset and folder
        self._tested = frozenset(self._names_in("test"))

    def finish(self) -> None:
        self._sidecar.finish()

    def _names_in(self, split: str) -> Iterator[str]:
        """The composites that the lists of a split name. Faults are reported when the lists are read."""
        for source in _find_lists(self._folder, split):
            try:
                entries = [line for _, line in numbered_entries(read_text(source.path))]
            except OSError:
                continue
            for line in entries:
                with suppress(ValueError):
                    yield _parse_line(line, source.subset).key

    def read_split(self, split: str) -> Iterator[RawComposite]:
        """Yield the composites of a split. A split without a list is a Problem."""
        lists = _find_lists(self._folder, split)
        if not lists:
            where = self._relative(self._folder / f"IHD_{split}.txt")
            expected = f"this list, or <sub-dataset>/<sub-dataset>_{split}.txt"
            self._report(Problem(path=where, expected=expected, got="no such file"))
        for source in lists:
            yield from self._read_list(source)

    def _read_list(self, source: _List) -> Iterator[RawComposite]:
        where, faults, counts = self._relative(source.path), Faults(), Counter[str]()
        held_out = Tally()
        try:
            for named in self._lines(source, faults):
                counts[named.subset] += 1
                files = named.files(self._folder)
                row = self._sidecar.row_of(f"{named.subset}/{COMPOSITES}/{named.composite}")
                if row.split == "excluded" or (row.split, source.split) == ("test", "train"):
                    held_out.add(named.key)
                    continue
                lacking = [kind for kind, file in files.items() if what_is(file)]
                for kind in lacking:
                    faults.add(f"{named.subset}/{kind} of its composites", "no file for", files[kind].name)
                if not lacking:
                    yield self._composite(named, source.split, files, row)
        except OSError as error:
            self._report(unreadable(error, "text in UTF-8").problem(where))
        self._report_counts(where, source.split, counts)
        if held_out:
            expected = "composites that the side-car does not hold out"
            self._report(Problem(path=where, expected=expected, got=f"others {held_out}", action="noted"))
        for problem in faults.problems(where):
            self._report(problem)

    def _lines(self, source: _List, faults: Faults) -> Iterator[_Named]:
        """The composites of the list that no earlier list contains."""
        where = self._relative(source.path)
        for number, line in numbered_entries(read_text(source.path)):
            try:
                named = _parse_line(line, source.subset)
            except ValueError:
                expected = "lines like HCOCO/composite_images/c100001_391895_1.jpg"
                faults.add(expected, "others", f"line {number}")
                continue
            if source.split == "train" and named.key in self._tested:
                faults.add("composites that the test list does not name", "others", named.key)
                continue
            if (earlier := self._list_of.get(named.key)) is not None:
                faults.add("composites that no line has yet", "others", f"{named.key} of {earlier}")
                continue
            self._list_of[named.key] = where
            for kind, file in named.files(self._folder).items():
                self._used.setdefault((named.subset, kind), set()).add(file.name)
            yield named

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
            mask=files[_MASKS],
            real=files[_REALS],
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


def _find_lists(folder: Path, split: str) -> list[_List]:
    """The list at the root, or the lists of the sub-datasets."""
    whole = folder / f"IHD_{split}.txt"
    if is_there(whole):
        return [_List(path=whole, split=split, subset=None)]
    paths = ((folder / subset / f"{subset}_{split}.txt", subset) for subset in SUBSETS)
    return [_List(path=path, split=split, subset=subset) for path, subset in paths if is_there(path)]


def _parse_line(line: str, subset: str | None) -> _Named:
    """The composite that a line names. Raises ValueError if the sub-dataset has no such composite."""
    *folders, name = path_parts(unquote(_SEPARATOR.split(line)[0])) or ("",)
    if folders and folders[-1] == COMPOSITES:
        folders.pop()
    if not folders and subset is not None:
        folders = [subset]
    if not folders or folders[-1] not in SUBSETS or subset not in (None, folders[-1]):
        raise ValueError(f"{line}: expected <sub-dataset>/{COMPOSITES}/<file>")
    name = name if PurePosixPath(name).suffix else f"{name}.jpg"
    mask, real = parts_of(name)
    return _Named(subset=folders[-1], composite=name, mask=mask, real=real)
