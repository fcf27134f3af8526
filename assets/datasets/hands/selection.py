"""Choose hands by the published list or evenly by skin tone and aspect, and hold out subjects for testing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assets.problems import Problem, ReportProblem, unreadable
from assets.reading.hold_out import held_out_of_each
from assets.records import RawHand
from assets.text.name_list import NameList, read_names
from natocc.files.read import is_there
from natocc.files.text import read_text

LIST = "11k_hands_sample.txt"
# The number of hands in Voo et al.
HAND_COUNT = 200


def choose_hands(hands: Sequence[RawHand], count: int) -> list[RawHand]:
    """At most ``count`` hands in their order, evenly by skin tone and, within a tone, by aspect.

    Hands with irregularities are left out. If a tone or aspect has too few hands, the others take its places.
    Hands of unknown tone come last. Within a group, the choice is spread over subjects and names.
    """
    sound = sorted(
        (hand for hand in hands if not hand.irregularities), key=lambda hand: (hand.subject, hand.id)
    )
    tones = _groups(sound, "skin")
    unknown = tones.pop("", [])
    chosen: set[str] = set()
    for tone, places in even_shares({tone: len(those) for tone, those in tones.items()}, count).items():
        chosen |= _by_aspect(tones[tone], places)
    chosen |= _by_aspect(unknown, count - len(chosen))
    return [hand for hand in hands if hand.id in chosen]


def hold_out_subjects(hands: Sequence[RawHand], kept: frozenset[str]) -> list[RawHand]:
    """The hands, with split ``test`` for a fifth of the subjects. Every skin tone is in both splits.

    With fewer than ten known subjects, none is held out. A subject is not held out if one of their hands is
    ``kept`` (ids) for training or already has a split.
    """
    known = [hand for hand in hands if hand.subject]
    busy = {hand.subject for hand in known if hand.id in kept or hand.origin.split}
    tones: dict[str, Counter[str]] = {}
    for hand in known:
        tones.setdefault(hand.subject, Counter())[hand.skin] += 1
    groups: dict[str, list[str]] = {}
    for subject, found in tones.items():
        groups.setdefault(min(found, key=lambda tone: (-found[tone], tone)), []).append(subject)
    held = held_out_of_each(groups, busy)
    return [
        replace(hand, origin=replace(hand.origin, split="test")) if hand.subject in held else hand
        for hand in hands
    ]


def even_shares(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Distribute ``count`` places over groups as evenly as their sizes allow.

    >>> even_shares({"dark": 2, "fair": 9, "medium": 7}, 12)
    {'dark': 2, 'medium': 5, 'fair': 5}
    """
    shares = {}
    for done, (name, size) in enumerate(sorted(sizes.items(), key=lambda item: (item[1], item[0]))):
        shares[name] = min(size, count // (len(sizes) - done))
        count -= shares[name]
    return shares


def read_list(
    folders: Sequence[Path], raw: Path, id_named: Callable[[str], str | None], report: ReportProblem
) -> tuple[str, NameList[str]] | None:
    """The list's path (relative to ``raw``) and its names, one image a line; None without a list.

    The first readable one of ``folders`` counts; others are Problems. ``id_named`` returns the id of the hand
    with a name, None if there is none.
    """
    stray = raw / LIST
    if stray.exists():
        expected = f"the list in {folders[0].name}/ or {folders[1].name}/"
        report(Problem(path=LIST, expected=expected, got="it beside them, where it is not read"))
    found: tuple[str, NameList[str]] | None = None
    for path in (folder / LIST for folder in folders if is_there(folder / LIST)):
        where = path.relative_to(raw).as_posix()
        if found is not None:
            report(Problem(path=where, expected=f"one {LIST}", got=f"{found[0]} too, which is used"))
            continue
        try:
            names = read_names(read_text(path), id_named)
        except OSError as error:
            report(unreadable(error, "a list of images, one a line").problem(where))
            continue
        if not names.lines:
            report(Problem(path=where, expected="a list of images, one a line", got="an empty file"))
            continue
        found = where, names
    return found


def _by_aspect(hands: Sequence[RawHand], count: int) -> set[str]:
    groups = _groups(hands, "aspect")
    shares = even_shares({aspect: len(those) for aspect, those in groups.items()}, count)
    return {hand.id for aspect, places in shares.items() for hand in _spread(groups[aspect], places)}


def _spread(hands: Sequence[RawHand], count: int) -> list[RawHand]:
    """``count`` hands at even distances, since neighbours often belong to one subject."""
    return [hands[(2 * at + 1) * len(hands) // (2 * count)] for at in range(count)]


def _groups(hands: Sequence[RawHand], field: str) -> dict[str, list[RawHand]]:
    groups: dict[str, list[RawHand]] = {}
    for hand in hands:
        groups.setdefault(getattr(hand, field), []).append(hand)
    return groups
