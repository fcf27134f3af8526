"""The published tables, against figures that the texts state elsewhere."""

from __future__ import annotations

from decimal import Decimal

from tasks.benchmark.paper.tables import PaperTable, paper_tables


def table(name: str) -> PaperTable:
    return next(one for one in paper_tables() if one.id == name)


def printed(name: str, row: str, network: str, of_set: str) -> str:
    (cell,) = (
        cell for cell in table(name).cells if (cell.row, cell.network, cell.set) == (row, network, of_set)
    )
    return cell.printed


def test_every_row_has_a_figure_for_each_network_and_set() -> None:
    assert [len(one.cells) for one in paper_tables()] == [9 * 3 * 3, 9 * 2 * 3, 4 * 8 - 5]
    assert table("voo-4").rows == table("voo-5").rows and len(table("voo-4").rows) == 9


def test_figures_are_as_printed_and_in_their_places() -> None:
    assert printed("voo-4", "C-CM + C-WO-NatOcc-SOT", "SegFormer", "RealOcc") == "98.02"
    assert printed("voo-4", "C-Original", "PSPNet", "RealOcc") == "89.52"
    assert printed("voo-5", "C-WO + C-WO-Mix", "PSPNet", "CelebAMask-HQ-WO (Test)") == "97.70"
    assert all(Decimal(0) < cell.value < 100 for one in paper_tables()[:2] for cell in one.cells)


def test_the_quantity_that_table_5_misprints_is_as_printed_and_noted() -> None:
    quantities = {
        name: {cell.quantity for cell in table(name).cells if cell.row == "C-WO + C-WO-Mix"}
        for name in ("voo-4", "voo-5")
    }
    assert quantities == {"voo-4": {"24,602 + 73,806"}, "voo-5": {"24,602 + 49,204"}}
    assert any("24,602 + 73,806" in note for note in table("voo-5").notes)


def test_a_method_has_cells_for_what_is_printed_alone() -> None:
    cells = {(cell.row, cell.metric): cell.printed for cell in table("faceocc-2").cells}
    assert cells["FaceOcc", "faceocc_iou"] == "93.7" and cells["FaceOcc", "fps"] == "257"
    assert cells["Struct. Forest", "faceocc_accuracy"] == "83.9"
    assert ("Struct. Forest", "faceocc_iou") not in cells and ("SAPM", "fps") not in cells
