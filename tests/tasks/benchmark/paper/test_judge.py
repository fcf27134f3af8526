"""Verdicts on claims from differences made by hand."""

from __future__ import annotations

import math

import pytest

from tasks.benchmark.paper.claims import paper_claims
from tasks.benchmark.paper.judge import JudgedClaim, judge_claims, pairs_to_compare
from tasks.benchmark.paper.tables import paper_tables
from tasks.benchmark.scores.results import Comparison

ARMS = {
    "wo": "C-WO",
    "nat": "C-WO + C-WO-NatOcc",
    "sot": "C-WO + C-WO-NatOcc-SOT",
    "rand": "C-WO + C-WO-RandOcc",
    "erase": "",
}
UNOCCLUDED = {"RealOcc": False, "held-out/hand": False, "held-out/none": True, "WO-Test": True}


def difference(better: str, than: str, low: float, high: float, **more: object) -> Comparison:
    values = {
        "network": "net",
        "set": "RealOcc",
        "metric": "miou",
        "pictures": 20,
        "groups": 20,
        "seeds": 3,
    } | more
    return Comparison(
        better=better,
        than=than,
        difference=(low + high) / 2,
        low=low,
        high=high,
        p=math.nan,
        p_holm=math.nan,
        smallest_p=math.nan,
        **values,  # type: ignore[arg-type]
    )


def judged(name: str, *comparisons: Comparison) -> JudgedClaim:
    found = judge_claims(paper_claims(), paper_tables(), comparisons, ARMS, UNOCCLUDED)
    return next(one for one in found if one.claim.id == name)


@pytest.mark.parametrize(
    ("name", "pair", "low", "high", "verdict"),
    [
        ("natocc-above-randocc", ("nat", "rand"), 0.001, 0.03, "holds"),
        ("natocc-above-randocc", ("nat", "rand"), -0.03, -0.001, "fails"),
        ("natocc-above-randocc", ("nat", "rand"), -0.01, 0.03, "cannot tell"),
        # Told the other way round.
        ("natocc-above-randocc", ("rand", "nat"), -0.03, -0.001, "holds"),
        # Half a point may be missing.
        ("both-level-as-printed", ("nat", "wo"), -0.004, 0.0, "holds"),
        ("both-level-as-printed", ("nat", "wo"), -0.02, -0.006, "fails"),
        ("both-level-as-printed", ("nat", "wo"), -0.02, 0.006, "cannot tell"),
        ("colour-transfer-minor", ("sot", "nat"), -0.004, 0.004, "holds"),
        ("colour-transfer-minor", ("sot", "nat"), 0.006, 0.02, "fails"),
        ("colour-transfer-minor", ("sot", "nat"), -0.004, 0.02, "cannot tell"),
        ("colour-transfer-undecided", ("sot", "nat"), 0.001, 0.02, "fails"),
        ("colour-transfer-undecided", ("sot", "nat"), -0.004, 0.02, "cannot tell"),
        ("natocc-above-randocc", ("nat", "wo"), 0.001, 0.03, "not measured here"),
        ("glasses-need-mix", ("nat", "rand"), 0.001, 0.03, "not measured here"),
        ("natocc-above-randocc", ("nat", "rand"), math.nan, math.nan, "not measured here"),
    ],
)
def test_the_interval_decides(
    name: str, pair: tuple[str, str], low: float, high: float, verdict: str
) -> None:
    assert judged(name, difference(*pair, low, high)).verdict == verdict


def test_a_difference_is_shown_in_the_claim_s_direction() -> None:
    (ours,) = judged("natocc-above-randocc", difference("rand", "nat", -0.03, -0.01)).ours
    assert (ours.these, ours.those, ours.low, ours.high) == ("nat", "rand", 0.01, 0.03)
    assert ours.difference == pytest.approx(0.02)


def test_a_claim_holds_if_all_its_differences_say_so_and_fails_if_one_does() -> None:
    up, open_ = difference("nat", "rand", 0.01, 0.03), difference("nat", "rand", -0.01, 0.03, network="b")
    down = difference("nat", "rand", -0.03, -0.01, network="c")
    assert judged("natocc-above-randocc", up, open_).verdict == "cannot tell"
    assert judged("natocc-above-randocc", up, open_, down).verdict == "fails"


def test_better_here_and_worse_there_leaves_it_undecided() -> None:
    up, down = difference("sot", "nat", 0.01, 0.02), difference("sot", "nat", -0.02, -0.01, network="b")
    assert judged("colour-transfer-undecided", up, down).verdict == "holds"


def test_the_paper_s_metric_goes_before_others() -> None:
    other = difference("nat", "rand", -0.03, -0.01, metric="face_iou")
    own = difference("nat", "rand", 0.01, 0.03)
    found = judged("natocc-above-randocc", other, own)
    assert [one.metric for one in found.ours] == ["miou"] and found.verdict == "holds"


def test_sets_of_the_same_kind_stand_in_where_none_of_the_paper_s_is_measured() -> None:
    hand = difference("nat", "wo", 0.01, 0.03, set="held-out/hand")
    none = difference("nat", "wo", -0.02, -0.01, set="held-out/none")
    occluded = judged("natocc-generalises", hand, none)
    assert [one.set for one in occluded.ours] == ["held-out/hand"] and occluded.stand_ins
    bare = judged("no-harm-without-occlusion", hand, none)
    assert [one.set for one in bare.ours] == ["held-out/none"] and bare.verdict == "fails"
    real = judged("natocc-generalises", hand, difference("nat", "wo", -0.01, 0.02))
    assert [one.set for one in real.ours] == ["RealOcc"] and not real.stand_ins


def test_pairs_to_compare_are_those_of_arms_that_re_create_a_row() -> None:
    pairs = pairs_to_compare(paper_claims(), ARMS)
    assert ("nat", "rand") in pairs and ("sot", "nat") in pairs and ("rand", "wo") in pairs
    assert len(pairs) == len(set(pairs)) and not any("erase" in pair for pair in pairs)
