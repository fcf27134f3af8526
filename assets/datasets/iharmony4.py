"""iHarmony4: composites whose foreground has other colours than its ground, with mask and real picture.

Layout as published: four sub-datasets with ``composite_images``, ``masks`` and ``real_images``, and lists of
the composites for training and testing (github.com/bcmi/Image-Harmonization-Dataset-iHarmony4).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from assets.problems import Problem, Report
from assets.reading.expected_counts import deviation
from assets.reading.folders import first_folder
from assets.reading.naming import id_of, normal
from assets.reading.tally import Tally
from assets.records import RawComposite
from assets.text.sidecar import Sidecar

FOLDERS = ("iHarmony4", "IHarmony4")
SUBSETS = ("HAdobe5k", "HCOCO", "HFlickr", "Hday2night")
SPLITS = ("train", "test")
COMPOSITES, MASKS, REALS = "composite_images", "masks", "real_images"
LICENCE = (
    "iHarmony4: no licence stated; photographs under the terms of COCO, MIT-Adobe FiveK, day2night, Flickr"
)
# Composites by sub-dataset: train, test.
COUNTS = {
    "HAdobe5k": (19_437, 2_160),
    "HCOCO": (38_545, 4_283),
    "HFlickr": (7_449, 828),
    "Hday2night": (311, 133),
}


def read_iharmony4(raw: Path, report: Report, split: str | None = None) -> Iterator[RawComposite]:
    """Yield composites in the order of ``IHD_train.txt``, then ``IHD_test.txt``; ``split`` for one of them.

    Where a list is not at the root, those of the sub-datasets are read (``HCOCO/HCOCO_train.txt``, which name
    files alone). The mask of ``c100001_391895_1.jpg`` is ``c100001_391895.png``, its real picture
    ``c100001.jpg``. A composite that lacks a file is not yielded; a list has one line for each kind of fault.

    Raises ValueError for another split. Nothing is yielded where the folder is not there.
    """
    if split not in (None, *SPLITS):
        raise ValueError(f"split {split!r}: expected one of {', '.join(SPLITS)}, or None for both")
    folder = first_folder(raw, *FOLDERS)
    if folder is None:
        return
    aside = Sidecar(folder, raw, report)
    seen: dict[str, str] = {}
    for one in SPLITS if split is None else (split,):
        lists = _lists(folder, one)
        if not lists:
            where = (folder / f"IHD_{one}.txt").relative_to(raw).as_posix()
            expected = f"this list, or <sub-dataset>/<sub-dataset>_{one}.txt"
            report(Problem(path=where, expected=expected, got="no such file"))
        for path, subset in lists:
            yield from _read_list(path, subset, one, folder, raw, seen, aside, report)


def parts_of(composite: str) -> tuple[str, str]:
    """Names of a composite's mask and real picture. Raises ValueError for a name with too few fields.

    >>> parts_of("c100001_391895_1.jpg")
    ('c100001_391895.png', 'c100001.jpg')
    """
    real, *fields = PurePosixPath(composite).stem.rsplit("_", 2)
    if len(fields) != 2 or not all((real, *fields)):
        raise ValueError(f"{composite}: expected <photograph>_<foreground>_<version>.jpg")
    return f"{real}_{fields[0]}.png", f"{real}.jpg"


def _lists(folder: Path, split: str) -> list[tuple[Path, str]]:
    """The list at the root, or the sub-datasets' own, each with the sub-dataset that its names lack."""
    whole = folder / f"IHD_{split}.txt"
    if whole.is_file():
        return [(whole, "")]
    own = ((folder / subset / f"{subset}_{split}.txt", subset) for subset in SUBSETS)
    return [(path, subset) for path, subset in own if path.is_file()]


def _read_list(
    path: Path,
    subset: str,
    split: str,
    folder: Path,
    raw: Path,
    seen: dict[str, str],
    aside: Sidecar,
    report: Report,
) -> Iterator[RawComposite]:
    where = path.relative_to(raw).as_posix()
    faults: dict[tuple[str, str], Tally] = {}
    lines_of = dict.fromkeys((subset,) if subset else SUBSETS, 0)

    def fault(expected: str, got: str, name: str) -> None:
        faults.setdefault((expected, got), Tally()).add(name)

    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not (text := normal(line.strip())):
                    continue
                try:
                    place, name = _named(text, subset)
                    mask, real = parts_of(name)
                except ValueError:
                    fault(
                        "lines like HCOCO/composite_images/c100001_391895_1.jpg", "others", f"line {number}"
                    )
                    continue
                key = f"{place}/{name}"
                if key in seen:
                    fault("composites that no line has yet", "others", f"{key} of {seen[key]}")
                    continue
                seen[key] = where
                lines_of[place] += 1
                files = {
                    COMPOSITES: folder / place / COMPOSITES / name,
                    MASKS: folder / place / MASKS / mask,
                    REALS: folder / place / REALS / real,
                }
                lacking = [kind for kind, file in files.items() if not file.is_file()]
                for kind in lacking:
                    fault(f"{place}/{kind} of its composites", "no file for", files[kind].name)
                if lacking:
                    continue
                said = aside.of(f"{place}/{COMPOSITES}/{name}")
                yield RawComposite(
                    id=id_of(key),
                    subset=place,
                    split=split,
                    composite=files[COMPOSITES],
                    mask=files[MASKS],
                    real=files[REALS],
                    origin=said.origin("iHarmony4", LICENCE),
                )
    except UnicodeDecodeError as error:
        report(Problem(path=where, expected="text in UTF-8", got=str(error)))
    for place, count in lines_of.items():
        stated = COUNTS[place][SPLITS.index(split)]
        if count and deviation(stated, count):
            expected = f"{stated} lines of {place}, as published"
            report(Problem(path=where, expected=expected, got=str(count), action="converted"))
    for (expected, got), names in faults.items():
        report(Problem(path=where, expected=expected, got=f"{got} {names}"))


def _named(line: str, subset: str) -> tuple[str, str]:
    """Sub-dataset and file that a line names. Raises ValueError where it names no composite."""
    *folders, name = PurePosixPath(line.replace("\\", "/")).parts
    if folders and folders[-1] == COMPOSITES:
        folders.pop()
    if not folders and subset:
        folders = [subset]
    if len(folders) != 1 or folders[0] not in SUBSETS or subset not in ("", folders[0]):
        raise ValueError(line)
    return folders[0], name
