"""The COCO categories that become occluders, and the categories held out for testing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CATEGORY_NAMES: Mapping[int, str] = MappingProxyType(
    {
        28: "umbrella",
        31: "handbag",
        34: "frisbee",
        37: "sports ball",
        40: "baseball glove",
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
        75: "remote",
        77: "cell phone",
        84: "book",
        88: "teddy bear",
        89: "hair drier",
        90: "toothbrush",
    }
)
# Held out for testing: other kinds of things that are held up to a face or are in front of it. See-through
# things (scissors, tennis racket) and worn things (tie) are left out.
TEST_CATEGORIES = (28, 31, 34, 37, 40, 88, 89, 90)
TESTED = 4
# The paper's 128 objects are unpublished. These are 20 categories of things that come near a face.
CATEGORIES = tuple(number for number in CATEGORY_NAMES if number not in TEST_CATEGORIES)
TOTAL = 128
