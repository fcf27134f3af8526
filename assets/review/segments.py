"""Bitmaps: a PNG of 0 and 255 for each image, and a table for verdicts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from assets.face_metadata.corrected_masks import read_corrected
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import pictures_in
from assets.review.index import REVIEW_VERDICTS, Answer, Review, ReviewFace, face_of, file_date
from assets.review.shapes import bitmap_shape
from assets.text.csv_rows import parse_csv
from assets.text.lines import bare_name, clean, plain
from natocc.codecs import encode_png
from natocc.files.read import is_there
from natocc.files.text import read_text
from natocc.geometry import Image
from natocc.masks.scaling import enlarge_mask
from shards import storage

SEGMENTS_MASKS, SEGMENTS_TABLE = "masks", "review.csv"
_COLUMNS = ("id", "verdict")
_EXPECTED = f"the columns {', '.join(_COLUMNS)}"
_VERDICTS = {**REVIEW_VERDICTS, **{group.casefold(): group for group in REVIEW_VERDICTS.values()}}


class SegmentsWriter:
    """Masks of the image's size, so that any painting program can show one over the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        (folder / SEGMENTS_MASKS).mkdir()

    def add(self, face: ReviewFace, mask: Image) -> Image:
        path = self._folder / SEGMENTS_MASKS / f"{face.id}.png"
        storage.write_bytes(str(path), encode_png(enlarge_mask(mask, face.image_size)))
        self._ids.append(face.id)
        return mask

    def close(self) -> None:
        """Write the table, with no verdict yet."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([_COLUMNS, *((name, "") for name in self._ids)])
        storage.write_bytes(str(self._folder / SEGMENTS_TABLE), stream.getvalue().encode())


def read_segments(folder: Path, review: Review, report: ReportProblem) -> Iterator[Answer]:
    """Yield an answer for each mask, in order of file names, then for each verdict without a mask.

    A mask may have the image's size or the bank's, and is read like a corrected mask. Faults of masks and of
    the table's rows are Problems. Raises ValueError if the table can't be read as one.
    """
    masks = folder / SEGMENTS_MASKS
    verdicts = _verdicts(folder, review, report)
    for path in pictures_in(masks, folder, report) if masks.is_dir() else ():
        where = path.relative_to(folder).as_posix()
        if (face := face_of(where, path.stem, review, report)) is None:
            continue
        try:
            mask, notes = read_corrected(path, empty=True)
            mask = mask if mask.shape == face.mask_size else bitmap_shape(mask, face)
        except BadInput as error:
            report(error.problem(where))
            continue
        if "grey edges" in notes:
            got = "grey edges, cut at a half"
            report(Problem(path=where, expected="a mask of 0 and 255", got=got, action="converted"))
        yield _answer(face, path, mask, verdicts.pop(face.id, None))
    for name, verdict in verdicts.items():
        yield _answer(review.by_id[name], folder / SEGMENTS_TABLE, None, verdict)


def _answer(face: ReviewFace, path: Path, mask: Image | None, verdict: str | None) -> Answer:
    return Answer(
        face=face,
        form="segments",
        path=path,
        mask=mask,
        verdict=verdict,
        tool="segments",
        date=file_date(path),
        date_from="file time",
    )


def _verdicts(folder: Path, review: Review, report: ReportProblem) -> dict[str, str]:
    path = folder / SEGMENTS_TABLE
    found: dict[str, str] = {}
    doubted: set[str] = set()
    if not is_there(path):
        return found
    try:
        table = parse_csv(read_text(path), _COLUMNS, _COLUMNS[0])
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", str(path)) from error
    except BadInput as error:
        twice = error.got.endswith(" twice")
        raise BadInput(error.expected if twice else _EXPECTED, error.got, str(path)) from error
    if sorted(table.columns) != sorted(_COLUMNS):
        raise BadInput(_EXPECTED, ", ".join(table.columns), str(path))
    for row in table.rows:
        where = f"{SEGMENTS_TABLE}:{row.line}"
        if row.cells is None:
            report(Problem(path=where, expected="an id and a verdict or nothing", got=row.text))
        else:
            _add(found, doubted, row.cells, where, review, report)
    return {name: verdict for name, verdict in found.items() if name not in doubted}


def _add(
    found: dict[str, str],
    doubted: set[str],
    row: dict[str, str],
    where: str,
    review: Review,
    report: ReportProblem,
) -> None:
    """Add the row's verdict to ``found``, or its face to ``doubted`` if another row contradicts it."""
    name, verdict = bare_name(row["id"]), clean(row["verdict"])
    verdict = _VERDICTS.get(plain(verdict), verdict)
    if not verdict or (face := face_of(where, name, review, report)) is None:
        return
    if verdict not in REVIEW_VERDICTS.values():
        expected = f"{', '.join(REVIEW_VERDICTS.values())} or nothing"
        report(Problem(path=where, expected=expected, got=repr(verdict)))
    elif found.setdefault(face.id, verdict) != verdict:
        doubted.add(face.id)
        got = f"{verdict} beside {found[face.id]}; neither is used"
        report(Problem(path=where, expected="one verdict a face", got=got))
