"""Select the instances that become occluders, by category recipe or ids, and hold some out for testing."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from assets.datasets.coco.categories import CATEGORIES, TEST_CATEGORIES, TESTED, TOTAL
from assets.datasets.coco.reader import COCO_FOLDER
from assets.datasets.coco.soundness import fault_of
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.records import RawObject
from assets.text.lines import number_named
from assets.text.name_list import numbered_entries
from assets.wording import count_of
from natocc.files.read import is_there
from natocc.files.text import read_text

_CHOICES, _IDS = "default, all or a file of annotation ids", "one annotation id a line"
_SEPARATOR = re.compile("[,;|]")
# Number of candidates to examine, at most, for each place of a category.
_TRIES = 4
_LEAST_AREA_OF_ALL = 32**2
_SMALL, _BLURRED = "too small (below 32x32)", "blurred"
_OTHERS = "of other categories than the {} of the default (--objects all takes them)"
# Categories that are named where objects are missing.
_NAMED = 3
# Sigma of a Gaussian in pixels of the photograph. Edges that are blurred more are unusable as a matte.
MOST_BLUR = 1.6

# Measures the blur of an instance (sigma, pixels); None if it cannot be measured.
_Blur = Callable[[RawObject], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSelection:
    """``objects`` by id, with split; ``counts`` of annotations, chosen, held-out and blurred objects.

    ``skipped`` counts annotations that are no candidates, by reason.
    """

    objects: list[RawObject]
    counts: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)


def read_choice(choice: str) -> str | tuple[int, ...]:
    """``default``, ``all``, or the ids of a file with one annotation id a line, in order.

    Raises ValueError if the file is missing or contains anything but numbers.
    """
    if choice in ("default", "all"):
        return choice
    path = Path(choice)
    if not is_there(path):
        raise ValueError(f"--objects: expected {_CHOICES}, got {choice!r}")
    try:
        text = read_text(path)
    except OSError as error:
        raise unreadable(error, _CHOICES, f"--objects {choice}") from error
    wanted: set[int] = set()
    for number, line in numbered_entries(text):
        for cell in _SEPARATOR.sub(" ", line).split():
            if (annotation := number_named(cell)) is None:
                raise BadInput(_IDS, f"{cell!r} in line {number}", f"--objects {choice}")
            wanted.add(annotation)
    if not wanted:
        raise BadInput(_IDS, "an empty file", f"--objects {choice}")
    return tuple(sorted(wanted))


def choose_objects(
    objects: Iterable[RawObject],
    choice: str,
    *,
    hold_out: bool = True,
    blur_of: _Blur | None = None,
    skipped: Mapping[str, int] | None = None,
    report: ReportProblem = lambda problem: None,
) -> ObjectSelection:
    """Choose by ``default``, ``all``, or the path of a file with one annotation id a line.

    ``objects`` is iterated once, and only candidates are held in memory. ``default`` takes the largest sound
    instances of each category that are not blurred. It takes 128 of ``CATEGORIES`` and, with ``hold_out``,
    four of each of ``TEST_CATEGORIES`` from other photographs, with split ``test``. If there are too few,
    this is one Problem (noted). With another choice and ``hold_out``, objects of ``TEST_CATEGORIES`` are
    held out, together with all objects of their photographs. A split given in the side-car is kept.
    ``skipped`` are the counts that the reader of ``objects`` keeps; they are read at the end. The reasons for
    which ``default`` passes over instances are counted with them.

    Raises ValueError if the file is missing, holds no number, or names an unknown id.
    """
    wanted = read_choice(choice)
    seen = _Counted(objects)
    passed = Counter[str]()
    if wanted == "default":
        chosen = _by_recipe(seen, hold_out, blur_of, passed, report)
    else:
        if isinstance(wanted, str):
            chosen = [thing for thing in seen if thing.area >= _LEAST_AREA_OF_ALL]
            passed[_SMALL] = seen.count - len(chosen)
        else:
            chosen = _by_id(seen, wanted, choice)
        chosen = _hold_out(chosen) if hold_out else chosen
    chosen.sort(key=lambda thing: thing.id)
    counts = {
        "annotations": seen.count,
        "chosen": len(chosen),
        "held_out": sum(thing.origin.split == "test" for thing in chosen),
        "blurred": passed[_BLURRED],
    }
    return ObjectSelection(objects=chosen, counts=counts, skipped=dict(Counter(skipped or {}) + passed))


class _Counted:
    """An iterable for one pass that counts its items."""

    def __init__(self, objects: Iterable[RawObject]) -> None:
        self._objects, self.count = objects, 0

    def __iter__(self) -> Iterator[RawObject]:
        for thing in self._objects:
            self.count += 1
            yield thing


def _by_id(objects: Iterable[RawObject], wanted: tuple[int, ...], choice: str) -> list[RawObject]:
    """The named instances, in the order of their ids. Raises ValueError if one is missing."""
    named = frozenset(wanted)
    by_id = {int(thing.id): thing for thing in objects if int(thing.id) in named}
    if absent := [number for number in wanted if number not in by_id]:
        raise ValueError(
            f"--objects {choice}: expected ids of annotations that can be used, got "
            f"{count_of(len(absent), 'others')}, the first {absent[0]}"
        )
    return [by_id[number] for number in wanted]


def _by_recipe(
    objects: Iterable[RawObject],
    hold_out: bool,
    blur_of: _Blur | None,
    passed: Counter[str],
    report: ReportProblem,
) -> list[RawObject]:
    """The chosen instances. ``passed`` counts, by reason, those that were passed over."""
    share, more = divmod(TOTAL, len(CATEGORIES))
    places = {category: share + (number < more) for number, category in enumerate(CATEGORIES)}
    tested = dict.fromkeys(TEST_CATEGORIES, TESTED) if hold_out else {}
    ranked = _rank(objects, places | tested, passed)
    chosen = list[RawObject]()
    for category, count in places.items():
        chosen += _sharp(ranked[category], count, blur_of, passed)
    photos = {_photo(thing) for thing in chosen}
    for category, count in tested.items():
        free = [
            thing
            for thing in ranked[category]
            if _photo(thing) not in photos and thing.origin.split in (None, "test")
        ]
        chosen += map(_tested, _sharp(free, count, blur_of, passed))
    _report_few(places | tested, Counter(thing.category for thing in chosen), report)
    return chosen


def _rank(
    objects: Iterable[RawObject], places: dict[str, int], passed: Counter[str]
) -> dict[str, list[RawObject]]:
    """The sound instances of each category, largest first, limited to the number that may be examined."""
    ranked: dict[str, list[RawObject]] = {category: [] for category in places}
    others = _OTHERS.format(len(places))
    for thing in objects:
        group = ranked.get(thing.category)
        fault = others if group is None else fault_of(thing)
        if group is None or fault:
            passed[fault] += 1
            continue
        group.append(thing)
        if len(group) >= 2 * _TRIES * places[thing.category]:
            _cut(group, _TRIES * places[thing.category])
    for category, group in ranked.items():
        _cut(group, _TRIES * places[category])
    return ranked


def _cut(group: list[RawObject], count: int) -> None:
    group[:] = heapq.nsmallest(count, group, key=lambda thing: (-thing.area, thing.id))


def _sharp(
    ranked: list[RawObject], count: int, blur_of: _Blur | None, passed: Counter[str]
) -> list[RawObject]:
    """The first ``count`` sharp instances; the blurred ones before the last of them are counted."""
    if blur_of is None:
        return ranked[:count]
    taken = list[RawObject]()
    for thing in ranked:
        if len(taken) == count:
            break
        blur = blur_of(thing)
        if blur is not None and blur <= MOST_BLUR:
            taken.append(thing)
        else:
            passed[_BLURRED] += 1
    return taken


def _report_few(places: dict[str, int], found: Counter[str], report: ReportProblem) -> None:
    few = [f"{found[name]} {name}" for name, count in places.items() if 0 < found[name] < count]
    none = [name for name in places if not found[name]]
    if few or none:
        expected = f"{TOTAL // len(CATEGORIES)} sound objects or more of each of {len(CATEGORIES)} categories"
        if len(places) > len(CATEGORIES):
            expected += f", and {TESTED} of each of {len(TEST_CATEGORIES)} others to test on"
        where = f"{COCO_FOLDER}/annotations"
        got = [*filter(None, [_first(few)]), *([f"none of {len(none)} ({_first(none)})"] if none else [])]
        report(Problem(path=where, expected=expected, got=", ".join(got), action="noted"))


def _first(names: list[str]) -> str:
    return f"{', '.join(names[:_NAMED])}{', …' if len(names) > _NAMED else ''}"


def _hold_out(objects: list[RawObject]) -> list[RawObject]:
    """Hold out photographs with ``TEST_CATEGORIES`` for testing, unless none would be left for training."""
    trained = {_photo(thing) for thing in objects if thing.origin.split == "train"}
    free = [thing for thing in objects if thing.origin.split is None]
    held = {_photo(thing) for thing in free if thing.category in TEST_CATEGORIES} - trained
    if all(_photo(thing) in held for thing in free) and not trained:
        return objects
    return [_tested(thing) if _photo(thing) in held else thing for thing in objects]


def _tested(thing: RawObject) -> RawObject:
    return thing if thing.origin.split else replace(thing, origin=replace(thing.origin, split="test"))


def _photo(thing: RawObject) -> str:
    """The photograph's hash from the side-car, else the path of its file."""
    return thing.origin.photo or str(thing.image)
