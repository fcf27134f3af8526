"""Which instances of COCO make whole, clear occluders: the conditions of the choice ``default``."""

from __future__ import annotations

from assets.records import RawObject

_LEAST_SIDE, _BORDER, _LEAST_FILL, _MOST_ASPECT = 64, 3, 0.25, 5.0


def fault_of(thing: RawObject) -> str:
    """The first reason for which an instance is passed over; "" if there is none."""
    x, y, width, height = thing.bbox
    rows, columns = thing.image_size
    if min(width, height) < _LEAST_SIDE or thing.area < _LEAST_SIDE**2:
        return f"too small (below {_LEAST_SIDE}x{_LEAST_SIDE})"
    if min(x, y, columns - x - width, rows - y - height) < _BORDER:
        return "at the border of the picture"
    if not isinstance(thing.segmentation, dict) and len(thing.segmentation) != 1:
        return "in more than one piece"
    if max(width, height) / min(width, height) > _MOST_ASPECT:
        return f"more than {_MOST_ASPECT:.0f} times as long as wide"
    return "sparse in the box" if thing.area / (width * height) < _LEAST_FILL else ""
