"""COCO's categories: their names and numbers, which become occluders, and which are held out for testing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# The numbers of the published files. Files of others number differently, so names decide.
CATEGORY_NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: "person",
        2: "bicycle",
        3: "car",
        4: "motorcycle",
        5: "airplane",
        6: "bus",
        7: "train",
        8: "truck",
        9: "boat",
        10: "traffic light",
        11: "fire hydrant",
        13: "stop sign",
        14: "parking meter",
        15: "bench",
        16: "bird",
        17: "cat",
        18: "dog",
        19: "horse",
        20: "sheep",
        21: "cow",
        22: "elephant",
        23: "bear",
        24: "zebra",
        25: "giraffe",
        27: "backpack",
        28: "umbrella",
        31: "handbag",
        32: "tie",
        33: "suitcase",
        34: "frisbee",
        35: "skis",
        36: "snowboard",
        37: "sports ball",
        38: "kite",
        39: "baseball bat",
        40: "baseball glove",
        41: "skateboard",
        42: "surfboard",
        43: "tennis racket",
        44: "bottle",
        46: "wine glass",
        47: "cup",
        48: "fork",
        49: "knife",
        50: "spoon",
        51: "bowl",
        52: "banana",
        53: "apple",
        54: "sandwich",
        55: "orange",
        56: "broccoli",
        57: "carrot",
        58: "hot dog",
        59: "pizza",
        60: "donut",
        61: "cake",
        62: "chair",
        63: "couch",
        64: "potted plant",
        65: "bed",
        67: "dining table",
        70: "toilet",
        72: "tv",
        73: "laptop",
        74: "mouse",
        75: "remote",
        76: "keyboard",
        77: "cell phone",
        78: "microwave",
        79: "oven",
        80: "toaster",
        81: "sink",
        82: "refrigerator",
        84: "book",
        85: "clock",
        86: "vase",
        87: "scissors",
        88: "teddy bear",
        89: "hair drier",
        90: "toothbrush",
    }
)
# Held out for testing: other kinds of things that are held up to a face or are in front of it. See-through
# things (scissors, tennis racket) and worn things (tie) are left out.
TEST_CATEGORIES = (
    "umbrella",
    "handbag",
    "frisbee",
    "sports ball",
    "baseball glove",
    "teddy bear",
    "hair drier",
    "toothbrush",
)
TESTED = 4
# The paper's 128 objects are unpublished. These are 20 categories of things that come near a face.
CATEGORIES = (
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "remote",
    "cell phone",
    "book",
)
TOTAL = 128


def category_key(name: str) -> str:
    """Equal for spellings of one name: case, blanks, underscores and hyphens make no difference.

    >>> category_key("Sports_Ball") == category_key("sports ball")
    True
    """
    return re.sub(r"[\s_-]+", "", name).casefold()


_BY_KEY = MappingProxyType({category_key(name): (number, name) for number, name in CATEGORY_NAMES.items()})


def published_category(name: str) -> tuple[int, str] | None:
    """The published number and spelling of a category; None for a name that COCO does not have."""
    return _BY_KEY.get(category_key(name))
