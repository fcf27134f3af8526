from __future__ import annotations

from manifests.outcomes.confirmed_code import ConfirmedCode, merge_confirmed


def test_of_two_records_of_one_change_the_one_that_claims_less_stays() -> None:
    few, many = (ConfirmedCode(set="hand", code="a", samples=number) for number in (3, 8))
    other = ConfirmedCode(set="hand", code="b", samples=1)
    assert merge_confirmed([many, other, few, many]) == (few, other)
    assert merge_confirmed([]) == ()
