"""``natocc.csv`` beside a dataset: metadata that the dataset's layout has no place for, one row an image."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import names_in
from assets.reading.naming import normal
from assets.reading.tally import Tally
from assets.reading.unmatched import tally_of, unmatched
from assets.text.csv_rows import CsvRow, CsvTable, parse_csv
from assets.text.lines import bare_name, clean, is_picture_name, number_named, unquote
from assets.text.named_pictures import Meant, NamedPictures
from assets.text.names_within import has_odd_signs, is_pattern, names_within
from assets.text.sidecar_row import (
    EMPTY_ROW,
    EXCLUDED_ROW,
    SIDECAR_COLUMNS,
    SidecarRow,
    parse_sidecar_row,
)
from assets.wording import count_of
from natocc.files.names import is_number
from natocc.files.read import is_there
from natocc.files.text import read_text

SIDECAR = "natocc.csv"
_EXPECTED = f"a column file and others among {', '.join(SIDECAR_COLUMNS[1:])}"
_SEPARATORS = re.compile(r"[,;\t|]")
# Names that a side-car gets by mistake; others, such as that of a backup, are meant.
_SIMILAR = re.compile(r"natocc(\.csv)?\.(csv|tsv|txt|xlsx?|ods)|natocc ?\(\d+\)\.csv", re.IGNORECASE)


class Sidecar:
    """The side-car of one dataset folder, read once. Without the file it has no rows.

    An unreadable row is a Problem, and its image is excluded, as the row may have said "test". If the row
    does not tell its image, every image that no readable row names is excluded. Raises ValueError if the file
    is no such table: without its splits, test images would be used for training. ``patterns`` tell the paths
    of the dataset's photographs (``images/*/*``); a row of another file is about none.
    """

    def __init__(
        self, folder: Path, root: Path, report: ReportProblem, patterns: Collection[str] = ()
    ) -> None:
        self._rows: dict[str, SidecarRow] = {}
        self._report, self._lost, self._unnamed = report, Tally(), set[str]()
        path = folder / SIDECAR
        self._where = path.relative_to(root).as_posix()
        if not is_there(path):
            _check_place(folder, root)
            return
        self._pictures = NamedPictures(folder, patterns)
        self._absent: list[str] = []
        self._doubtful: dict[str, bool] = {}  # by image, whether its own row does not settle it
        self._unclear = Tally()
        table = _table(path, self._where)
        self._file = table.columns.index("file")
        for row in table.rows:
            self._read(row)
        self._exclude_doubtful()
        if self._absent:
            kind, todo = "rows without a photograph", "correct or remove them"
            expected = "a photograph for each row"
            report(unmatched(self._where, kind, self._absent, expected=expected, todo=todo))

    def row_of(self, file: str) -> SidecarRow:
        """The row of an image, by its path relative to the dataset folder."""
        row = self._rows.get(normal(file))
        if row is None and self._lost:
            self._unnamed.add(normal(file))
            return EXCLUDED_ROW
        return EMPTY_ROW if row is None else row

    def finish(self) -> None:
        """Call after the last image. Reports the images that are excluded by rows without an image."""
        if self._unnamed:
            count = count_of(len(self._unnamed), "images")
            got = f"none in {self._lost}, which may have said test; {count} that no row names are excluded"
            expected = "rows that name an image"
            self._report(
                Problem(path=self._where, expected=expected, got=f"{got}, the first {min(self._unnamed)}")
            )

    def _exclude_doubtful(self) -> None:
        """Exclude what rows with "test" may mean, unless a row of its own keeps it from training too."""
        held_out = ("test", "excluded")
        images = [
            image
            for image, strong in self._doubtful.items()
            if image not in self._rows or (strong and self._rows[image].split not in held_out)
        ]
        self._rows |= dict.fromkeys(images, EXCLUDED_ROW)
        if images:
            got = f"others with test or excluded: {self._unclear}"
            got = f"{got}; {tally_of(images)} may be meant and are excluded"
            self._report(Problem(path=self._where, expected="rows that name one image each", got=got))

    def _read(self, row: CsvRow) -> None:
        """Enter a row, or note what its unclear name may mean."""
        try:
            parsed = parse_sidecar_row(row.cells)
        except BadInput as error:
            self._fault(row, error)
            self._exclude(row)
            return
        written = clean(row.cells["file"]) if row.cells else ""
        meant = self._pictures.find(written)
        if not meant.sure:
            self._absent.append(written)
            if parsed.split in ("test", "excluded"):
                self._hold_out(row, written, meant)
            return
        (image,) = meant.paths
        if self._rows.setdefault(image, parsed) != parsed:
            self._fault(row, BadInput("one row an image", f"another for {image}"))
            self._rows[image] = EXCLUDED_ROW

    def _hold_out(self, row: CsvRow, written: str, meant: Meant) -> None:
        """Note the images that the name of a row with "test" may mean; if it tells none, it may be any.

        A path of another folder may be of an image that is gone, so an image's own row goes before it. The
        name of another file that is there, and several names, are about images that are there.
        """
        there, perhaps = self._pictures.is_file(written), self._pictures.perhaps(written)
        strong = there or not set(perhaps) <= set(meant.paths)
        images = {*perhaps, *meant.paths}
        for image in sorted(images):
            self._doubtful[image] = strong or self._doubtful.get(image, False)
        if images:
            self._unclear.add(f"line {row.line}")
        if is_pattern(written) or not (images or (_tells_image(written) and not there)):
            self._lost.add(f"line {row.line}")

    def _exclude(self, row: CsvRow) -> None:
        """Exclude what an unreadable row may name: in its cell ``file``, or with a picture's suffix."""
        cell = row.cells["file"] if row.cells else "".join(row.parts[self._file : self._file + 1])
        pieces = {unquote(piece) for part in row.parts for piece in _SEPARATORS.split(part)}
        within = {name for part in row.parts for name in names_within(part)}
        names = sorted({unquote(cell), *filter(is_picture_name, pieces)})
        images = [image for name in names for image in self._pictures.find(name).paths]
        images += [
            image for name in filter(is_picture_name, within) for image in self._pictures.perhaps(name)
        ]
        images += self._pictures.perhaps(cell)
        for image in images:
            self._rows[image] = EXCLUDED_ROW
        absent = list(filter(_tells_image, names))
        if absent and not images:
            self._absent.append(absent[0])
        elif not images or is_pattern(cell):
            self._lost.add(f"line {row.line}")

    def _fault(self, row: CsvRow, error: BadInput) -> None:
        self._report(error.problem(f"{self._where}:{row.line}"))


def _tells_image(written: str) -> bool:
    """Whether a text is the name of one image, even of one that is not there."""
    return not has_odd_signs(written) and (
        is_picture_name(written) or is_number(bare_name(written)) or number_named(written) is not None
    )


def _check_place(folder: Path, root: Path) -> None:
    """Raise BadInput for a side-car under a similar name or beside its place: its splits would be lost."""
    names = sorted(names_in(folder)) if folder.is_dir() else []
    similar = [folder / name for name in names if _SIMILAR.fullmatch(name)]
    beside = [folder / name / SIDECAR for name in names if is_there(folder / name / SIDECAR)]
    # A folder without pictures of its own may be another dataset's.
    among = [path for path in beside if any(map(is_picture_name, names_in(path.parent)))]
    for path in (*similar, *among, *filter(is_there, [root / SIDECAR])):
        where, got = (place.relative_to(root).as_posix() for place in (folder / SIDECAR, path))
        raise BadInput("the side-car here", f"{got}, which is not read; move or rename it", where)


def _table(path: Path, where: str) -> CsvTable:
    """The table. Raises BadInput for other columns, other encodings, and a column that is there twice."""
    try:
        table = parse_csv(read_text(path), SIDECAR_COLUMNS, "file")
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", where) from error
    except BadInput as error:
        expected = error.expected if error.got.endswith(" twice") else _EXPECTED
        raise BadInput(expected, error.got, where) from error
    if others := [name for name in table.columns if name not in SIDECAR_COLUMNS]:
        near = get_close_matches(others[0].casefold(), SIDECAR_COLUMNS, 1)
        advice = f"; rename {others[0]} to {near[0]}" if near else ""
        raise BadInput(_EXPECTED, f"{', '.join(table.columns)}{advice}", where)
    return table
