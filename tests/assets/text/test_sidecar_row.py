from __future__ import annotations

import pytest

from assets.problems import BadInput
from assets.text.sidecar_row import EXCLUDED_ROW, SidecarRow, parse_sidecar_row


def test_values_have_blanks_and_any_case() -> None:
    row = parse_sidecar_row({"file": "a.jpg", "split": " Test\u00a0", "rot_deg": " 90 ", "photo": "AB"})
    assert row == SidecarRow(split="test", rot_deg=90.0, photo="ab")
    assert row.origin("set", "CC0").licence == "CC0"


@pytest.mark.parametrize("cells", [None, {"file": " "}, {"file": "a.jpg", "split": "tst"}])
def test_a_row_that_cannot_be_read_is_a_fault(cells: dict[str, str] | None) -> None:
    with pytest.raises(BadInput):
        parse_sidecar_row(cells)
    assert EXCLUDED_ROW.split == "excluded"
