"""The formats of a review by name, with their writers and readers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from assets.review.coco import read_coco
from assets.review.coco_writer import CocoWriter
from assets.review.index import AnswerReader, Writer
from assets.review.labelme import LabelmeWriter, read_labelme
from assets.review.segments import SegmentsWriter, read_segments


class _Form(NamedTuple):
    """One format."""

    writer: type[Writer]
    read: AnswerReader


FORMS: Mapping[str, _Form] = MappingProxyType(
    {
        "labelme": _Form(LabelmeWriter, read_labelme),
        "coco": _Form(CocoWriter, read_coco),
        "segments": _Form(SegmentsWriter, read_segments),
    }
)


def form_named(name: str) -> _Form:
    """The format of this name. Raises ValueError with the known names for any other."""
    if name not in FORMS:
        raise ValueError(f"--format {name}: expected one of {', '.join(FORMS)}")
    return FORMS[name]
