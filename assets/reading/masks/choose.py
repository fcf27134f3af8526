"""The masks of a folder for its photographs: one each, everything else reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.problems import Problem, ReportProblem, Unmatched
from assets.reading.folders import fault_of_picture, names_in, relative
from assets.reading.masks.match import MASK_ENDINGS, MaskMatches, match_masks
from assets.reading.masks.unfit import match_unfit, may_be_mask
from assets.reading.naming import same_name
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from natocc.files.names import name_order


@dataclass(frozen=True, kw_only=True)
class ChosenMasks:
    """``taken`` is the mask of each photograph, by its stem in normal form; ``refused`` have
    several, or one that cannot be used.
    """

    taken: dict[str, Path]
    refused: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class MaskFiles:
    """The ``masks`` of a folder, and files of another kind that have a mask's name (``may_be_mask``)."""

    masks: tuple[Path, ...]
    unfit: tuple[Path, ...]


def choose_masks(
    images: Mapping[str, Path], folder: Path, raw: Path, report: ReportProblem, beside: tuple[str, ...] = ()
) -> ChosenMasks:
    """One mask of ``folder`` for each photograph. ``images`` are photographs by stem in normal form.

    Files named in ``beside`` lie among the masks and are no masks. A PNG with the photograph's own name comes
    before other names; those are Problems. Several other names refuse the photograph, as does a file with a
    mask's name that is no picture, where there is no such PNG. Masks without a photograph are reported as
    unmatched.
    """
    files = mask_files(folder, raw, report, beside)
    matches, unfit = match_masks(images, files.masks), match_unfit(images, files.unfit)
    taken, refused = dict[str, Path](), set[str]()
    for stem, image in images.items():
        masks = matches.candidates.get(stem, ())
        if stem in unfit and not has_own_png(stem, masks):
            refused.add(stem)
            report(refused_with(relative(image, raw), unfit[stem], raw))
            continue
        if len(masks) > 1 and not has_own_png(stem, masks):
            refused.add(stem)
            got = ", ".join(relative(mask, raw) for mask in masks)
            report(Problem(path=relative(image, raw), expected="one mask", got=f"several: {got}; keep one"))
            continue
        for other in masks[1:]:
            got = f"{relative(masks[0], raw)} too, which is taken; remove one"
            report(Problem(path=relative(other, raw), expected="one mask of a photograph", got=got))
        if masks:
            taken[stem] = masks[0]
    report_unmatched(matches, folder, raw, report)
    return ChosenMasks(taken=taken, refused=frozenset(refused))


def mask_files(
    folder: Path,
    raw: Path,
    report: ReportProblem,
    beside: tuple[str, ...] = (),
    endings: tuple[str, ...] = MASK_ENDINGS,
) -> MaskFiles:
    """The files of a folder in order of their names; other files than masks and ``beside`` are Problems."""
    masks, unfit = [], []
    for name in sorted(names_in(folder), key=name_order):
        path = folder / name
        fault = fault_of_picture(path, raw, endings)
        if fault is None:
            masks.append(path)
        elif name not in beside:
            report(fault)
            if may_be_mask(path):
                unfit.append(path)
    return MaskFiles(masks=tuple(masks), unfit=tuple(unfit))


def refused_with(photograph: str, unfit: Path, raw: Path) -> Problem:
    """The refusal of a photograph whose mask, or crop, is a file that cannot be used."""
    got = f"{relative(unfit, raw)}, which is none; mend or remove it"
    return Problem(path=photograph, expected="a mask that can be read", got=got)


def report_unmatched(matches: MaskMatches, folder: Path, raw: Path, report: ReportProblem) -> None:
    """Report the masks that fit no photograph, and those that fit several."""
    if matches.unknown:
        report(masks_without_photograph(relative(folder, raw), (mask.name for mask in matches.unknown)))
    if matches.ambiguous:
        kind, todo = "masks that fit several photographs", "name them like the photographs"
        names = (mask.name for mask in matches.ambiguous)
        expected = "one photograph for each mask"
        report(unmatched(relative(folder, raw), kind, names, expected=expected, todo=todo))


def masks_without_photograph(source: str, names: Tally | Iterable[str]) -> Unmatched:
    """The finding about masks of a folder that fit no photograph."""
    kind, todo = "masks without a photograph", "name them like the photographs, or remove them"
    return unmatched(source, kind, names, expected="a photograph for each mask", todo=todo)


def has_own_png(photograph: str, masks: tuple[Path, ...]) -> bool:
    """Whether the first mask alone has the photograph's own name and is a PNG."""
    if not masks:
        return False
    own = [mask.suffix.lower() == ".png" and same_name(photograph) == same_name(mask.stem) for mask in masks]
    return own[0] and not any(own[1:])
