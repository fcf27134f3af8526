"""Corrected face masks (from Voo et al. and from reviews): one picture a face, beside CelebAMask-HQ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assets.face_metadata.provenance import PROVENANCE
from assets.face_metadata.verdicts import VERDICTS_FILE
from assets.pictures.mask import read_mask
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.folders import names_in
from assets.reading.masks.choose import has_own_png, mask_files, report_unmatched
from assets.reading.masks.match import MASK_ENDINGS, match_masks
from assets.reading.masks.unfit import match_unfit
from assets.reading.naming import id_of
from natocc.geometry import Image

CORRECTED_FOLDER = "CelebAMask-HQ-masks_corrected"
# Lists of faces may lie here too; their reader reads or names them.
_LIST = re.compile(r"celeba[\W_]*mask[\W_]*hq|(.*[\W_])?w?o[\W_]?(train|test)", re.IGNORECASE)


def check_corrected(raw: Path, faces: str) -> None:
    """Raise FileNotFoundError if corrected masks lie outside their folder; the message names the place.

    ``faces`` is the folder of the faces. Having no corrected masks is fine. If they are misplaced, every face
    would silently keep its uncorrected mask.
    """
    folder = raw / CORRECTED_FOLDER
    if (raw / faces / CORRECTED_FOLDER).is_dir():
        raise FileNotFoundError(
            f"{raw}: expected {CORRECTED_FOLDER} beside {faces}, got it inside; move it to {folder}"
        )
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder}: expected a folder of masks, got no folder; unpack the archive, or remove it"
        )
    names = names_in(folder)
    if not any(Path(name).suffix.lower() in MASK_ENDINGS or _is_table(folder / name) for name in names):
        inner = (folder / name for name in sorted(names) if (folder / name).is_dir())
        below = [path for path in inner if any(name.lower().endswith(".png") for name in names_in(path))]
        got = f"masks one level deeper; move those of {below[0]} up" if below else "none; remove the folder"
        raise FileNotFoundError(f"{folder}: expected masks 0.png and so on, got {got}")


@dataclass(frozen=True, kw_only=True)
class CorrectedMasks:
    """By the id of a face.

    ``masks``: one each, or more if 7.png lies beside 007.png or 7_mask.png. ``unfit``: a file with a mask's
    name that is none, of faces without a mask of their own name.
    """

    masks: dict[str, tuple[Path, ...]]
    unfit: dict[str, Path]


def corrected_masks(raw: Path, stems: Iterable[str], report: ReportProblem) -> CorrectedMasks:
    """The files of the folder by their faces. ``stems`` are the names of all photographs.

    Masks that fit no photograph are reported as unmatched. Empty if the folder does not exist.
    """
    folder, found = raw / CORRECTED_FOLDER, defaultdict[str, tuple[Path, ...]](tuple)
    if not folder.is_dir():
        return CorrectedMasks(masks={}, unfit={})

    def note(problem: Problem) -> None:
        if not _is_table(raw / problem.path):
            report(problem)

    stems = list(stems)
    files = mask_files(folder, raw, note)
    matches = match_masks(stems, files.masks)
    for stem, paths in matches.candidates.items():
        found[id_of(stem)] += paths
    report_unmatched(matches, folder, raw, report)
    unfit = {
        id_of(stem): path
        for stem, path in match_unfit(stems, files.unfit).items()
        if not _is_table(path) and not has_own_png(stem, matches.candidates.get(stem, ()))
    }
    return CorrectedMasks(masks=dict(found), unfit=unfit)


def _is_table(path: Path) -> bool:
    """Whether another reader reads or names the file: provenance, verdicts, and lists of faces."""
    return path.name in (PROVENANCE, VERDICTS_FILE) or (
        _LIST.match(path.name) is not None and not path.is_dir()
    )


def read_corrected(path: Path, *, empty: bool = False) -> tuple[Image, tuple[str, ...]]:
    """Read a mask as ``read_mask`` does; an empty one raises BadInput unless ``empty`` allows it."""
    mask, notes = read_mask(path)
    if not mask.any() and not empty:
        raise BadInput("a mask with pixels", "an empty mask")
    return mask, notes
