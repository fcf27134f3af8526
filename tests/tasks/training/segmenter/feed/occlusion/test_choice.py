from __future__ import annotations

import pytest

from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares


def test_shares_come_in_the_table_s_order_half_by_default() -> None:
    shares = parse_shares(("erase=0.25", "natocc"))
    assert [(one.name, one.share) for one in shares] == [("natocc", 0.5), ("erase", 0.25)]
    assert str(OcclusionChoice(shares=shares)) == "natocc 0.5 + erase 0.25"
    assert str(OcclusionChoice()) == "none"
    thirds = parse_shares(f"{name}={1 / 3}" for name in ("natocc", "randocc", "paste"))
    assert sum(one.share for one in thirds) == pytest.approx(1)
    assert parse_shares(("paste=0",))[0].share == 0


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("smudge",), "expected natocc, randocc, paste or erase, got 'smudge'"),
        (("natocc=1.5",), r"expected a share of the faces in 0-1 after natocc=, got '1\.5'"),
        (("natocc=-0.1",), r"expected a share of the faces in 0-1 after natocc=, got '-0\.1'"),
        (("natocc=nan",), "expected a share of the faces in 0-1 after natocc=, got 'nan'"),
        (("natocc=",), "expected a share of the faces in 0-1 after natocc=, got ''"),
        (("natocc", "natocc=0.1"), "expected each occlusion once, got natocc 2 times"),
        (("natocc", "paste=0.6"), r"expected shares that sum to at most 1, got natocc 0\.5 \+ paste 0\.6"),
    ],
)
def test_what_is_no_share_is_refused(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_shares(texts)
