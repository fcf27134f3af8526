"""The masks of a folder for its photographs: one each, everything else reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.problems import Problem, ReportProblem, Unmatched
from assets.reading.folders import pictures_in, relative
from assets.reading.masks.match import MASK_ENDINGS, MaskMatches, match_masks
from assets.reading.naming import same_name
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched


@dataclass(frozen=True, kw_only=True)
class ChosenMasks:
    """``taken`` is the mask of each photograph, by its stem in normal form; ``refused`` have several."""

    taken: dict[str, Path]
    refused: frozenset[str]


def choose_masks(
    images: Mapping[str, Path], folder: Path, raw: Path, report: ReportProblem, beside: tuple[str, ...] = ()
) -> ChosenMasks:
    """One mask of ``folder`` for each photograph. ``images`` are photographs by stem in normal form.

    Files named in ``beside`` lie among the masks and are no masks. A PNG with the photograph's own name comes
    before other names; those are Problems. Several other names refuse the photograph. Masks without a
    photograph are reported as unmatched.
    """
    matches = match_masks(images, mask_files(folder, raw, report, beside))
    taken, refused = dict[str, Path](), set[str]()
    for stem, image in images.items():
        masks = matches.candidates.get(stem, ())
        if len(masks) > 1 and not _is_first(stem, masks):
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


def mask_files(folder: Path, raw: Path, report: ReportProblem, beside: tuple[str, ...] = ()) -> list[Path]:
    """The masks of a folder in order of their names; other files than ``beside`` are Problems."""

    def report_others(problem: Problem) -> None:
        if problem.path.rpartition("/")[2] not in beside:
            report(problem)

    return pictures_in(folder, raw, report_others, MASK_ENDINGS)


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


def _is_first(photograph: str, masks: tuple[Path, ...]) -> bool:
    """Whether the first mask alone has the photograph's own name and is a PNG."""
    own = [mask.suffix.lower() == ".png" and same_name(photograph) == same_name(mask.stem) for mask in masks]
    return own[0] and not any(own[1:])
