from __future__ import annotations

import pytest

from assets.review.formats import FORMS, form_named
from assets.review.segments import SegmentsWriter, read_segments


def test_a_format_has_its_writer_and_reader() -> None:
    assert form_named("segments") == (SegmentsWriter, read_segments)
    assert len({form.writer for form in FORMS.values()}) == len(FORMS) == 3


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"^--format voc: expected one of labelme, coco, segments$"):
        form_named("voc")
