from __future__ import annotations

from pathlib import Path

import pytest

from tasks.training.segmenter.data import scored_sets
from tests.small_version import occluded_face, small_bank, small_version, write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of


def test_sets_that_are_missing_or_cut_short_are_noted(tmp_path: Path) -> None:
    url, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"), real=2, Wild=3, COFW=0)
    feed = feed_of(url, held_out=0.7)
    assert len(feed.validation) > 2
    sets = scored_sets(feed, bank, most=2)
    assert len(sets.held_out.whole()) == 2 and sets.selected_on == "held-out validation"
    assert {name: len(pictures.whole()) for name, pictures in sets.real.items()} == {"RealOcc": 2, "Wild": 2}
    assert sets.notes == (
        "held-out synthetic: tested on 2 of 4 pictures, see --max-samples",
        f"no test on COFW: {bank} has none of its faces",
        "Wild: tested on the first 2 of its 3 faces, see --max-samples",
        f"held-out validation: selected on 2 of {len(feed.validation)} pictures, see --max-samples",
    )
    alone = write_version(str(tmp_path / "w"), {"a-b-000000.tar": ("train", [("k", occluded_face(0))])})
    nothing = scored_sets(feed_of(alone), None, most=2)
    assert not len(nothing.held_out) and nothing.real == {} and nothing.selected_on == ""
    assert nothing.notes == (
        "no test on held-out faces: the data have none (split test)",
        "no test on really occluded faces: no bank was given",
        "no validation faces: the weights of the last step are kept",
    )


def test_pictures_that_realocc_stands_in_for_are_counted(tmp_path: Path) -> None:
    feed, bank = feed_of(small_version(str(tmp_path / "v")), held_out=0.4), small_bank(str(tmp_path / "bank"))
    sets = scored_sets(feed, bank, most=9, on_realocc=True)
    assert sets.selection is sets.real["RealOcc"] and sets.selected_on == "RealOcc"
    assert sets.notes == (
        "the weights are selected on RealOcc: its scores are no longer those of unseen faces",
        f"held-out validation: {len(feed.validation)} pictures neither learnt from nor selected on "
        "(--select-on realocc)",
    )
    with pytest.raises(ValueError, match="expected faces of RealOcc in the bank, found none"):
        scored_sets(feed, small_bank(str(tmp_path / "none"), real=0), most=9, on_realocc=True)
