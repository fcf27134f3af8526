from __future__ import annotations

from pathlib import Path

import pytest

from tasks.withdraw.spelling import check_is_input, files_named, spelt_names
from tests.raw_trees import FACES
from tests.tasks.withdraw.conftest import Place


def test_a_hash_counts_in_either_case_and_a_path_from_either_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    raw = Path("raw")
    raw.mkdir()
    assert spelt_names("AB" * 32, raw)[1:] == ("ab" * 32,)
    for name in ("F//7.jpg", "raw/F/7.jpg", str(tmp_path / "raw/F/7.jpg"), "F\\7.jpg"):
        assert spelt_names(name, raw)[0] == name and "F/7.jpg" in spelt_names(name, raw)
    assert spelt_names("../7.jpg", raw) == ("../7.jpg",) and spelt_names("Ada", raw) == ("Ada",)


def test_files_that_the_bank_read_are_found_and_masks_are_no_inputs(made: Place) -> None:
    source = f"{FACES}/CelebA-HQ-img/ada.jpg"
    assert files_named(made.bank, [source]) == [source] and files_named(made.bank, ["ada.jpg"]) == []
    with pytest.raises(ValueError, match=r"expected a photograph, got m\.png"):
        check_is_input(made.bank, "m.png")
