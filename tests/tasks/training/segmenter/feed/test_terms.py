from __future__ import annotations

import pytest

from assets.datasets.coco.reader import COCO_LICENCE
from assets.datasets.coco.voo_objects import VOO_LICENCE
from assets.datasets.dtd.reader import DTD_LICENCE
from assets.datasets.hands.reader import HANDS_LICENCE
from assets.face_metadata.origin import CELEBAMASK_LICENCE
from tasks.training.segmenter.feed.terms import check_purpose


@pytest.mark.parametrize(
    "terms",
    [
        "CC BY-NC 4.0",
        "Nvidia Source Code License-NC",
        CELEBAMASK_LICENCE,
        DTD_LICENCE,
        HANDS_LICENCE,
    ],
)
def test_terms_that_forbid_commercial_use_are_named(terms: str) -> None:
    check_purpose({"sample 1": ["CC0-1.0", terms]}, "research")
    with pytest.raises(
        ValueError, match=r"got sample 1 under ['\"].*['\"]; leave it out, or train with a schedule of"
    ):
        check_purpose({"sample 1": ["CC0-1.0", terms]}, "commercial")


def test_terms_that_nobody_states_are_no_permission() -> None:
    check_purpose({"a": ["CC0-1.0", "Apache-2.0"]}, "commercial")
    for terms in ([], [""], ["licence not stated"], [VOO_LICENCE], [COCO_LICENCE]):
        with pytest.raises(ValueError, match="got b, whose terms are not stated"):
            check_purpose({"a": ["CC0-1.0"], "b": terms}, "commercial")
