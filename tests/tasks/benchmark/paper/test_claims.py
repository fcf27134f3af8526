"""The paper's claims as data."""

from __future__ import annotations

from decimal import Decimal

from tasks.benchmark.paper.claims import paper_claims


def test_every_part_of_the_analysis_and_of_the_appendices_has_claims() -> None:
    sections = {claim.section.partition(",")[0] for claim in paper_claims()}
    assert {
        "4.2 NatOcc",
        "4.2 RandOcc",
        "4.2 Hard Occluders",
        "4.2 Impact of an Unclean Dataset",
        "4.2 Class Imbalance",
        "4.2 Impact of Color Transfer",
        "4.2 Robustness Analysis",
        "A Non-occluded Face Dataset",
        "A Cropped and Aligned COFW Dataset",
        "B Additional Qualitative Results",
    } <= sections


def test_claims_have_ids_of_their_own_and_margins_where_they_need_one() -> None:
    claims = paper_claims()
    assert len({claim.id for claim in claims}) == len(claims)
    assert {claim.relation for claim in claims if claim.margin} == {"at-least", "alike"}
    assert all(claim.margin > Decimal(0) for claim in claims if claim.relation in ("at-least", "alike"))


def test_a_claim_across_networks_or_sets_is_none_of_rows() -> None:
    of_rows = {claim.id: claim.is_of_rows for claim in paper_claims()}
    assert of_rows["natocc-above-randocc"] and of_rows["no-harm-without-occlusion"]
    assert not of_rows["segformer-better"] and not of_rows["aligned-cofw-easier"]
    assert not of_rows["glasses-need-mix"] and not of_rows["highest-score"]
