"""Rows of the papers beside ours."""

from __future__ import annotations

from tasks.benchmark.pages.published import ORIENTATION, published_rows, published_speeds


def texts(metric: str, network: str, columns: list[str], row: str) -> list[tuple[str, list[str]]]:
    rows, _ = published_rows(metric, network, columns)
    assert all(one.published for one in rows[row])
    return [(one.label, [cell.text for cell in one.cells]) for one in rows[row]]


def test_a_network_that_the_paper_has_gets_that_network_s_figures() -> None:
    found = texts("miou", "segformer-b0", ["RealOcc", "", "WO-Test", "mine"], "C-WO")
    assert found == [("C-WO · SegFormer", ["91.36", "–", "97.84", "–"])]


def test_another_network_gets_those_of_every_network() -> None:
    found = texts("miou", "unet", ["RealOcc"], "C-CM")
    assert [cells for _, cells in found] == [["96.15"], ["96.13"], ["97.42"]]


def test_faceocc_s_figures_stand_in_its_metrics_and_rows_without_any_are_left_out() -> None:
    rows, notes = published_rows("faceocc_iou", "unet", ["COFW-507"])
    assert [cell.text for cell in rows["FaceOcc"][0].cells] == ["93.7"]
    assert rows["Struct. Forest"] == ()
    assert notes[0] == ORIENTATION and "labelled the 507 pictures anew" in notes[1]


def test_notes_come_with_the_tables_that_are_shown_alone() -> None:
    assert "Table 5" not in " ".join(published_rows("miou", "unet", ["RealOcc"])[1])
    assert "aligend" in " ".join(published_rows("miou", "unet", ["WO-Test"])[1])
    assert published_rows("miou", "unet", ["mine"]) == ({}, ())
    assert published_rows("ece", "unet", ["RealOcc"]) == ({}, ())


def test_speeds_are_as_printed() -> None:
    printed = {row.label: row.cells[0].text for row in published_speeds()}
    assert printed["FaceOcc"] == "257" and len(printed) == 7
