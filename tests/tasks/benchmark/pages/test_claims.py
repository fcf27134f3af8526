"""The lines of claims.md."""

from __future__ import annotations

from tasks.benchmark.pages.claims import cell_grids, claim_grid
from tasks.benchmark.paper.claims import paper_claims
from tests.tasks.benchmark.pages.made import comparison, material

WORDS = ("claim", "paper", "supported", "ours", "here")


def line(name: str, **more: object) -> dict[str, str]:
    (row,) = (row for row in claim_grid(material(**more)).rows if row.label.removesuffix(" †") == name)
    return dict(zip(WORDS, (cell.whole for cell in row.cells), strict=True))


def test_every_claim_is_a_line() -> None:
    rows = claim_grid(material()).rows
    assert [row.label.removesuffix(" †") for row in rows] == [claim.id for claim in paper_claims()]
    assert sum(row.label.endswith("†") for row in rows) == 2


def test_a_line_names_the_cells_against_the_claim() -> None:
    assert line("natocc-above-randocc")["paper"] == (
        "7 of 9 agree; not PSPNet on COFW (Train): C-WO + C-WO-NatOcc 90.71, C-WO + C-WO-RandOcc 90.82 (-0.11); "
        "not DeepLabv3+ on COFW (Train): C-WO + C-WO-NatOcc 91.21, C-WO + C-WO-RandOcc 91.35 (-0.14)"
    )
    assert line("both-level-as-meant")["paper"].endswith("; and 12 more")
    assert line("glasses-need-mix")["paper"] == "no figures are given"


def test_our_difference_has_its_interval_and_verdict() -> None:
    found = line("natocc-generalises")
    assert found["ours"] == (
        "holds: 1; nat − wo, deeplabv3plus-lite0 on RealOcc, mIoU: +3.25 [+1.01, +5.49], holds"
    )
    assert (found["supported"], found["here"]) == ("yes", "holds")
    assert line("randocc-above-none") | {"paper": ""} == line("randocc-above-none") | {
        "paper": "",
        "ours": "–",
    }
    assert line("randocc-above-none")["here"] == "not measured here"


def test_differences_beyond_the_named_ones_count_too() -> None:
    found = line("natocc-generalises", comparisons=(), differences=(comparison(low=-0.02, high=-0.01),))
    assert found["here"] == "fails"


def test_sets_that_stand_in_are_marked_and_explained() -> None:
    held_out = comparison(set="COFW-507")
    assert line("natocc-generalises", comparisons=(held_out,))["ours"].startswith("holds: 1 *; ")
    assert any(note.startswith("* None") for note in claim_grid(material(comparisons=(held_out,))).notes)


def test_a_remark_stands_in_the_claim_s_line() -> None:
    assert (
        line("glasses-need-mix", remarks=(("glasses-need-mix", "Seen on two faces."),))["ours"]
        == "Seen on two faces."
    )


def test_all_cells_follow() -> None:
    grids = {grid.title: grid for grid in cell_grids(material())}
    assert len(grids["natocc-above-randocc"].rows) == 9 and "glasses-need-mix" not in grids
    mean = grids["miou-hides-the-face"].rows[0]
    assert [cell.text for cell in mean.cells] == ["89.52", "mean of 95.04, 83.99", "–", "+0.005", "yes"]
