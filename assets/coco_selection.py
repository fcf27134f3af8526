"""Which instances become occluders: the category recipe, all, or a list of ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from assets.records import RawObject

# The paper's 128 objects are unpublished; 20 categories of things that come near a face.
CATEGORIES = (44, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 75, 77, 84)
TOTAL = 128
_LEAST_SIDE, _BORDER, _LEAST_FILL, _MOST_ASPECT = 64, 3, 0.25, 5.0
_LEAST_AREA_OF_ALL = 32**2


def read_choice(choice: str) -> str | tuple[int, ...]:
    """``default``, ``all``, or the ids of a file with one annotation id a line, in order.

    Raises ValueError where the file is missing or holds anything but numbers.
    """
    if choice in ("default", "all"):
        return choice
    path = Path(choice)
    if not path.is_file():
        raise ValueError(f"--objects: expected default, all or a file of annotation ids, got {choice!r}")
    try:
        wanted = sorted({int(line) for line in path.read_text(encoding="utf-8-sig").split()})
    except ValueError as error:
        raise ValueError(f"--objects {choice}: expected one annotation id a line, got {error}") from error
    if not wanted:
        raise ValueError(f"--objects {choice}: expected one annotation id a line, got an empty file")
    return tuple(wanted)


def select_objects(objects: Sequence[RawObject], choice: str) -> list[RawObject]:
    """``default``, ``all``, or the path of a file with one annotation id a line; ordered by id.

    Raises ValueError where the file is missing, holds no number, or names an id that is not there.
    """
    wanted = read_choice(choice)
    if wanted == "default":
        return _by_recipe(objects)
    if isinstance(wanted, str):
        return sorted((one for one in objects if one.area >= _LEAST_AREA_OF_ALL), key=lambda one: one.id)
    by_id = {int(one.id): one for one in objects}
    absent = [number for number in wanted if number not in by_id]
    if absent:
        raise ValueError(
            f"--objects {choice}: expected ids of annotations that can be used, got {len(absent)} others, "
            f"the first {absent[0]}"
        )
    return [by_id[number] for number in wanted]


def _by_recipe(objects: Sequence[RawObject]) -> list[RawObject]:
    """The largest sound instances of each category, 128 in all: 7 of the first eight, 6 of the others."""
    groups: dict[int, list[RawObject]] = defaultdict(list)
    for one in objects:
        if one.category_id in CATEGORIES and _sound(one):
            groups[one.category_id].append(one)
    share, more = divmod(TOTAL, len(CATEGORIES))
    chosen: list[RawObject] = []
    for number, category in enumerate(CATEGORIES):
        ranked = sorted(groups[category], key=lambda one: (-one.area, one.id))
        chosen += ranked[: share + (number < more)]
    return sorted(chosen, key=lambda one: one.id)


def _sound(one: RawObject) -> bool:
    x, y, width, height = one.bbox
    rows, columns = one.image_size
    inside = min(x, y, columns - x - width, rows - y - height) >= _BORDER
    whole = isinstance(one.segmentation, dict) or len(one.segmentation) == 1
    slim = max(width, height) / min(width, height) <= _MOST_ASPECT
    large = min(width, height) >= _LEAST_SIDE and one.area >= _LEAST_SIDE**2
    return inside and whole and slim and large and one.area / (width * height) >= _LEAST_FILL
