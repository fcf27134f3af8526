"""Claims against the paper's figures, and against figures made for each relation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tasks.benchmark.paper.claims import Claim, Relation, paper_claims
from tasks.benchmark.paper.support import Support, support_of
from tasks.benchmark.paper.tables import PaperCell, PaperTable, paper_tables


def supported(name: str) -> Support:
    (claim,) = (claim for claim in paper_claims() if claim.id == name)
    return support_of(claim, paper_tables())


def test_randocc_is_above_natocc_on_cofw_for_two_networks() -> None:
    found = supported("natocc-above-randocc")
    assert found.supports == "in part"
    assert {(pair.first.network, pair.first.set, str(pair.difference)) for pair in found.against} == {
        ("PSPNet", "COFW (Train)", "-0.11"),
        ("DeepLabv3+", "COFW (Train)", "-0.14"),
    }


def test_mix_is_below_natocc_in_three_places() -> None:
    found = supported("mix-above-natocc")
    assert {(pair.first.network, pair.first.set) for pair in found.against} == {
        ("PSPNet", "RealOcc"),
        ("DeepLabv3+", "COFW (Train)"),
        ("SegFormer", "COFW (Train)"),
    }


def test_unclean_data_beat_clean_data_without_occlusion_for_pspnet_everywhere() -> None:
    found = supported("unclean-below-none")
    assert [pair.first.network for pair in found.against] == ["PSPNet"] * 3


def test_an_equal_figure_is_no_improvement() -> None:
    found = supported("synthetic-better-without-occlusion")
    ties = [pair for pair in found.against if pair.difference == 0]
    assert [(pair.first.row, pair.second.row) for pair in ties] == [("C-WO + C-WO-NatOcc-SOT", "C-Original")]


def test_some_claims_are_supported_throughout_and_some_have_no_figures() -> None:
    assert supported("highest-score").supports == "yes" and len(supported("highest-score").pairs) == 26
    assert supported("randocc-above-none").supports == "yes"
    assert supported("miou-hides-the-face").supports == "yes"
    assert supported("glasses-need-mix") == Support(supports="no figures", pairs=())


# Two networks on one set; b is what a claim sets a against, c what it may come close to.
FIGURES = {("a", "n"): "90.0", ("b", "n"): "89.0", ("c", "n"): "89.4", ("a", "m"): "80.0", ("b", "m"): "80.4"}
FIGURES[("c", "m")] = "80.1"
TABLE = PaperTable(
    id="t",
    paper="p",
    place="here",
    networks={"n": "n", "m": "m"},
    sets={"s": "s"},
    notes=(),
    cells=tuple(
        PaperCell(row=row, network=network, set="s", metric="miou", printed=text)
        for (row, network), text in FIGURES.items()
    ),
)


def claim(relation: Relation, **more: object) -> Claim:
    plain = Claim(
        id="x",
        section="",
        sentence="",
        relation=relation,
        these=("a",),
        those=("b",),
        networks=("n", "m"),
        sets=("s",),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "supports", "differences"),
    [
        (claim("above"), "in part", ["1.0", "-0.4"]),
        (claim("above", networks=("m",)), "no", ["-0.4"]),
        (claim("at-least", margin=Decimal("0.4")), "yes", ["1.0", "-0.4"]),
        (claim("alike", margin=Decimal("0.9")), "in part", ["1.0", "-0.4"]),
        (claim("undecided"), "yes", ["1.0", "-0.4"]),
        (claim("undecided", networks=("n",)), "no", ["1.0"]),
        (claim("closer", towards="c"), "in part", ["-0.2", "0.2"]),
        (claim("gains-more", networks=("n",), against_networks=("m",)), "yes", ["1.4"]),
        (claim("gains-more", networks=("m",), against_networks=("n",)), "no", ["-1.4"]),
        (claim("above", networks=("n",), against_networks=("m",), those=()), "yes", ["10.0"]),
        (claim("best", networks=("n",), those=()), "yes", ["1.0", "0.6", "10.0", "9.6", "9.9"]),
        (claim("mean", networks=("n",), figures=(Decimal(88), Decimal(92))), "yes", ["0"]),
        (claim("mean", networks=("n",), figures=(Decimal(88), Decimal("92.04"))), "no", ["-0.02"]),
        (claim("none"), "no figures", []),
    ],
)
def test_each_relation_is_computed_from_the_cells(
    asked: Claim, supports: str, differences: list[str]
) -> None:
    found = support_of(asked, [TABLE])
    assert (found.supports, [pair.difference for pair in found.pairs]) == (
        supports,
        list(map(Decimal, differences)),
    )


def test_a_cell_that_no_table_has_is_named() -> None:
    with pytest.raises(ValueError, match="expected a figure of a, q, s, got none"):
        support_of(claim("above", networks=("q",)), [TABLE])
