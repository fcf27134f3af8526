"""11k Hands: photographs on white, ``HandInfo.csv``, and the masks in the folder beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assets.datasets.hands.info import read_hand_info
from assets.datasets.hands.selection import HAND_COUNT, LIST, choose_hands, hold_out_subjects, read_list
from assets.problems import Problem, ReportProblem
from assets.reading.folders import pictures_in
from assets.reading.masks.choose import choose_masks
from assets.reading.naming import id_of, normal
from assets.records import Origin, RawHand
from assets.text.lines import bare_name
from assets.text.name_list import report_names
from assets.text.sidecar import Sidecar

HANDS_FOLDER, HAND_MASKS = "11k-hands", "11k-hands_masks"
# Folders for masks: the published folder first, then the names in the published code's settings.
MASK_FOLDERS = (HAND_MASKS, "11k-hands_mask", "hand_sample_mask")
HANDS_LICENCE = "11k Hands: free for reasonable academic fair use"


def read_hands(
    raw: Path, report: ReportProblem, *, count: int = HAND_COUNT, hold_out: bool = True
) -> Iterator[RawHand]:
    """Yield hands in order of their file names, with their mask if there is one.

    A hand with several masks that fit equally well is refused.
    If the published list exists, the hands on it are taken. Otherwise all hands with a mask are taken, and
    other hands up to ``count`` in all (see ``choose_hands``). These hands are for training. With
    ``hold_out``, a fifth of the subjects is for testing; their hands are added, at most a quarter of the
    number for training. Without a list, if there are at most ``count`` hands or all have a mask, all hands
    are taken, and the test subjects are among them.
    """
    folder = raw / HANDS_FOLDER
    if not (folder / "Hands").is_dir():
        report(
            Problem(path=f"{HANDS_FOLDER}/Hands", expected="a folder of photographs", got="no such folder")
        )
        return
    hands = _all_hands(folder, raw, report)
    listed = _listed(hands, folder, raw, report)
    kept = frozenset(hand.id for hand in hands if hand.mask is not None) if listed is None else listed
    all_taken = listed is None and (len(hands) <= count or len(kept) == len(hands))
    if hold_out:
        hands = hold_out_subjects(hands, frozenset() if all_taken else kept)
    if all_taken:
        yield from hands
        return
    others = [hand for hand in hands if hand.id not in kept]
    train = [hand for hand in others if hand.origin.split in (None, "train")]
    chosen = choose_hands(train, max(0, count - len(kept))) if listed is None else []
    places = (count if listed is None else len(listed)) // 4
    tested = choose_hands([hand for hand in others if hand.origin.split == "test"], places)
    if listed is None:
        expected = f"{count} hands, or masks for more, or {HANDS_FOLDER}/{LIST} that names them"
        got = f"{len(hands)}; {len(kept)} with a mask are taken and {len(chosen)} others, evenly by skin"
        got += f", and {len(tested)} of other subjects to test on" if tested else ""
        report(Problem(path=f"{HANDS_FOLDER}/Hands", expected=expected, got=got, action="noted"))
    taken = kept | {hand.id for hand in (*chosen, *tested)}
    yield from (hand for hand in hands if hand.id in taken)


def _listed(hands: list[RawHand], folder: Path, raw: Path, report: ReportProblem) -> frozenset[str] | None:
    """Ids of the hands on the published list; None without the list."""
    ids = {bare_name(hand.image.name): hand.id for hand in hands}
    places = (folder, *(raw / name for name in MASK_FOLDERS))
    listed = read_list(places, raw, lambda name: ids.get(bare_name(name)), report)
    if listed is None:
        return None
    where, names = listed
    report_names(names, where, f"photographs in {HANDS_FOLDER}/Hands", report)
    return frozenset(names.found)


def _all_hands(folder: Path, raw: Path, report: ReportProblem) -> list[RawHand]:
    sidecar = Sidecar(folder, raw, report, ("Hands/*",))
    table = read_hand_info(folder, raw, report)
    images = pictures_in(folder / "Hands", raw, report)
    masks, refused = _masks({normal(image.stem): image for image in images}, raw, report)
    hands = []
    for image in images:
        row, info = sidecar.row_of(f"Hands/{image.name}"), table.row_of(image.name)
        if normal(image.stem) in refused:
            continue
        hands.append(
            RawHand(
                id=id_of(image.stem),
                image=image,
                mask=masks.get(normal(image.stem)),
                rot_deg=row.rot_deg,
                aspect=info.aspect,
                skin=info.skin,
                subject=info.subject,
                accessories=info.accessories,
                irregularities=info.irregularities,
                origin=_origin(row.origin(HANDS_FOLDER, HANDS_LICENCE), info.subject),
            )
        )
    table.report_mismatches((image.name for image in images), report)
    sidecar.finish()
    return hands


def _masks(
    images: Mapping[str, Path], raw: Path, report: ReportProblem
) -> tuple[dict[str, Path], frozenset[str]]:
    """The mask of each photograph, by its stem, and the stems of photographs with several.

    The earlier folder takes precedence.
    """
    found, several = dict[str, Path](), frozenset[str]()
    for folder in (raw / name for name in MASK_FOLDERS if (raw / name).is_dir()):
        chosen = choose_masks(images, folder, raw, report, beside=(LIST,))
        several |= chosen.refused - found.keys()
        for stem, path in chosen.taken.items():
            first = found.setdefault(stem, path)
            if first is not path:
                where, got = path.relative_to(raw).as_posix(), f"that and {first.relative_to(raw).as_posix()}"
                expected = "one mask of a hand"
                report(Problem(path=where, expected=expected, got=f"{got}, which is taken", action="noted"))
    return found, several


def _origin(origin: Origin, subject: str) -> Origin:
    """Use the subject as person if the side-car names none, so that no person is in both splits."""
    return replace(origin, person=f"11k:{subject}") if subject and not origin.person else origin
