"""The group of a picture."""

from __future__ import annotations

from tasks.benchmark.sets.picture import PictureFacts


def test_a_group_is_the_person_else_the_photograph_else_the_picture() -> None:
    assert PictureFacts(key="a", person="p", photo="h").group == "p"
    assert PictureFacts(key="a", photo="h").group == "h"
    assert PictureFacts(key="a").group == "a"
