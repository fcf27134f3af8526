from __future__ import annotations

from pathlib import Path

from tasks.training.segmenter.data import read_test_sets
from tests.small_version import occluded_face, small_bank, small_version, write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of


def test_sets_that_are_missing_or_cut_short_are_noted(tmp_path: Path) -> None:
    url, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"), real=2, Wild=3, COFW=0)
    tests = read_test_sets(feed_of(url), bank, most=2)
    assert tests.held_out is not None and len(tests.held_out) == 2
    assert {name: len(pictures) for name, pictures in tests.real.items()} == {"RealOcc": 2, "Wild": 2}
    assert tests.notes == (
        f"no test on COFW: {bank} has none of its faces",
        "Wild: tested on the first 2 of its 3 faces, see --max-samples",
    )
    alone = write_version(str(tmp_path / "w"), {"a-b-000000.tar": ("train", [("k", occluded_face(0))])})
    nothing = read_test_sets(feed_of(alone), None, most=2)
    assert nothing.held_out is None and nothing.real == {}
    assert nothing.notes == (
        "no test on held-out faces: the data have none (split test)",
        "no test on really occluded faces: no bank was given",
    )
