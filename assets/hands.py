"""11k Hands: photographs on white, ``HandInfo.csv``, and what masks there are in the folder beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assets.folders import pictures_in
from assets.hand_info import UNKNOWN, read_hand_info
from assets.hand_selection import COUNT, LIST, choose_hands, read_list
from assets.naming import id_of, normal
from assets.problems import Problem, Report
from assets.records import RawHand
from assets.sidecar import Sidecar

FOLDER, MASKS = "11k-hands", "11k-hands_masks"
LICENCE = "11k Hands: free for reasonable academic fair use"


def read_hands(raw: Path, report: Report) -> Iterator[RawHand]:
    """Yield hands in order of their file names, with their mask where there is one.

    Those that the published list names are taken; without it all that have a mask, and of the others so
    many that there are 200, see ``choose_hands``.
    """
    folder = raw / FOLDER
    if not (folder / "Hands").is_dir():
        report(Problem(path=f"{FOLDER}/Hands", expected="a folder of photographs", got="no such folder"))
        return
    hands = _all_hands(folder, raw, report)
    listed = read_list((folder, raw / MASKS), raw, report)
    if listed is not None:
        where, names = listed
        stems = {normal(hand.image.stem) for hand in hands}
        for name in sorted(names - stems):
            expected = f"a photograph {FOLDER}/Hands/{name}.jpg"
            report(Problem(path=where, expected=expected, got="no such file"))
        yield from (hand for hand in hands if normal(hand.image.stem) in names)
        return
    masked = {hand.id for hand in hands if hand.mask is not None}
    others = [hand for hand in hands if hand.id not in masked]
    if others and len(hands) > COUNT:
        chosen = {hand.id for hand in choose_hands(others, max(0, COUNT - len(masked)))}
        expected = f"{COUNT} hands, or masks for more, or {FOLDER}/{LIST} that names them"
        got = f"{len(hands)}; {len(masked)} with a mask are taken and {len(chosen)} others, evenly by skin"
        report(Problem(path=f"{FOLDER}/Hands", expected=expected, got=got, action="converted"))
        hands = [hand for hand in hands if hand.id in masked | chosen]
    yield from hands


def _all_hands(folder: Path, raw: Path, report: Report) -> list[RawHand]:
    aside = Sidecar(folder, raw, report)
    rows = read_hand_info(folder, raw, report)
    masks = (raw / MASKS).iterdir() if (raw / MASKS).is_dir() else ()
    by_stem = {normal(path.stem): path for path in sorted(masks) if path.suffix.lower() == ".png"}
    hands = []
    for image in pictures_in(folder / "Hands", raw, report):
        said, told = aside.of(f"Hands/{image.name}"), rows.get(normal(image.name), UNKNOWN)
        hands.append(
            RawHand(
                id=id_of(image.stem),
                image=image,
                mask=by_stem.get(normal(image.stem)),
                rot_deg=said.rot_deg,
                aspect=told.aspect,
                skin=told.skin,
                subject=told.subject,
                accessories=told.accessories,
                irregularities=told.irregularities,
                origin=said.origin(FOLDER, LICENCE),
            )
        )
    return hands
