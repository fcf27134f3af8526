from __future__ import annotations

import pytest

from tasks.training.segmenter.feed.reading.held_out import hold_out
from tasks.training.segmenter.feed.reading.index import FeedSample


def sample(photo: str, person: str = "") -> FeedSample:
    fields = {"key": photo, "split": "train", "set": "s", "kind": "none", "category": "none"}
    return FeedSample(source=0, file=0, photo=photo, person=person, **fields)


def test_a_person_is_on_one_side_with_all_photographs() -> None:
    samples = [sample(f"p{number}", f"person {number % 7}") for number in range(40)]
    training, validation = hold_out(samples, 0.3)
    assert not {one.person for one in training} & {one.person for one in validation}
    assert len(training) + len(validation) == 40 and validation


def test_about_the_share_is_held_out_and_other_data_change_nothing() -> None:
    samples = [sample(f"p{number}") for number in range(1000)]
    _, validation = hold_out(samples, 0.1)
    assert 70 < len(validation) < 130
    _, fewer = hold_out(samples[:500], 0.1)
    assert {one.photo for one in fewer} <= {one.photo for one in validation}


def test_one_face_alone_is_refused() -> None:
    assert hold_out([sample("a")], 0.0) == ((sample("a"),), ())
    with pytest.raises(ValueError, match="expected two faces or more of the split train, got 1"):
        hold_out([sample("a")], 0.5)
