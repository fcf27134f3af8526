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


def select_objects(objects: Sequence[RawObject], choice: str) -> list[RawObject]:
    """``default``, ``all``, or the path of a file with one annotation id a line; ordered by id.

    Raises ValueError where the file is missing, holds no number, or names an id that is not there.
    """
    if choice == "default":
        return _by_recipe(objects)
    if choice == "all":
        return sorted((one for one in objects if one.area >= _LEAST_AREA_OF_ALL), key=lambda one: one.id)
    return _by_list(objects, Path(choice))


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


def _by_list(objects: Sequence[RawObject], path: Path) -> list[RawObject]:
    if not path.is_file():
        raise ValueError(f"--objects: expected default, all or a file of annotation ids, got {str(path)!r}")
    try:
        wanted = sorted({f"{int(line):012d}" for line in path.read_text().split()})
    except ValueError as error:
        raise ValueError(f"--objects {path}: expected one annotation id a line, got {error}") from error
    by_id = {one.id: one for one in objects}
    absent = [name for name in wanted if name not in by_id]
    if absent:
        raise ValueError(
            f"--objects {path}: expected ids of the annotation files, got {len(absent)} others, "
            f"the first {int(absent[0])}"
        )
    return [by_id[name] for name in wanted]
