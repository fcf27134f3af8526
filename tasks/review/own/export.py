"""Export pictures and coarse masks of a test set of one's own to an annotation tool."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from assets.pictures.mask import read_mask
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import relative
from assets.reading.masks.choose import choose_masks
from assets.reading.naming import id_of
from assets.review.index import REVIEW_IMAGES, ReviewFace, pixels_sha256
from assets.wording import count_of
from natocc.files.read import hash_file
from shards.lock import one_writer
from shards.storage import sha256_bytes
from tasks.prepare.entry import read_from
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.review.export import ExportReport
from tasks.review.own.pictures import own_pictures, shown_picture
from tasks.review.write import ShownFace, check_new_review, write_review


@one_writer("out")
def export_own(
    own: Path,
    masks: Path,
    out: Path,
    *,
    form: str,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> ExportReport:
    """Write the pictures of ``own`` with the masks of the same names in ``masks``, by name, to ``out``.

    A mask may be empty. Conversions and files that fit no picture are reported. Raises BadInput for a picture
    without a mask, a mask of another size, and files that cannot be read; FileExistsError if ``out`` is not
    empty; ValueError for an unknown format.
    """
    check_new_review(out, form)
    own, masks = own.absolute(), masks.absolute()
    pictures = own_pictures(own, report)
    root = Path(os.path.commonpath([own, masks]))
    refused: list[Problem] = []

    def note(problem: Problem) -> None:
        if problem.action == "refused":
            refused.append(problem)
        else:
            report(problem)

    chosen = choose_masks(pictures, masks, root, note)
    _check(pictures, chosen.taken, refused, masks)
    shown = _faces(tracked(pictures.items(), on_progress, len(pictures)), chosen.taken, own, root)
    return ExportReport(folder=out, faces=write_review(out, form, shown), order="name")


def _check(
    pictures: Mapping[str, Path], taken: Mapping[str, Path], refused: list[Problem], masks: Path
) -> None:
    if refused:
        more = "" if len(refused) == 1 else f" ({count_of(len(refused), 'faults')}, this is the first)"
        raise BadInput(refused[0].expected, f"{refused[0].got}{more}", refused[0].path)
    if lacking := [path.name for stem, path in pictures.items() if stem not in taken]:
        expected = f"a mask for each of the {count_of(len(pictures), 'pictures')}"
        raise BadInput(expected, f"none for {len(lacking)}, {lacking[0]} first", str(masks))


def _faces(
    pictures: Iterator[tuple[str, Path]], taken: Mapping[str, Path], own: Path, root: Path
) -> Iterator[ShownFace]:
    for number, (stem, path) in enumerate(pictures, 1):
        shown = shown_picture(path, own)
        mask, _ = read_from(read_mask, taken[stem], root)
        if mask.shape != shown.size:
            expected = f"a mask of its picture's size {shown.size[1]}x{shown.size[0]}"
            raise BadInput(expected, f"{mask.shape[1]}x{mask.shape[0]}", relative(taken[stem], root))
        pixels, name = pixels_sha256(mask), id_of(stem)
        face = ReviewFace(
            order=number,
            id=name,
            source=relative(path, own),
            score=None,
            image=f"{REVIEW_IMAGES}/{name}.jpg",
            image_sha256=sha256_bytes(shown.jpeg),
            image_size=shown.size,
            mask_sha256=hash_file(taken[stem]),
            mask_pixels=pixels,
            returned_pixels=pixels,
            mask_size=shown.size,
            corrected_sha256=None,
        )
        yield ShownFace(face=face, jpeg=shown.jpeg, mask=mask)
