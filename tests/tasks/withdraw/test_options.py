from __future__ import annotations

from pathlib import Path

import pytest

from tasks.options import OptionsError
from tasks.withdraw.options import WithdrawOptions, missing_datasets
from tests.tasks.withdraw.conftest import Place


def test_without_a_raw_folder_the_ban_has_no_place(place: Place) -> None:
    with pytest.raises(OptionsError, match=r"the ban is kept there, in withdrawn\.csv"):
        WithdrawOptions(input="Ada", dataset=str(place.dataset), bank=place.bank)


def test_a_dataset_or_a_folder_of_datasets_is_taken_and_no_version(made: Place, tmp_path: Path) -> None:
    for url in (made.dataset, made.dataset.parent, "s3://bucket/data"):
        assert missing_datasets(str(url)) is None
    assert str(missing_datasets(str(made.dataset / made.old))).endswith(f"give its dataset, {made.dataset}")
    assert "got an empty folder" in str(missing_datasets(str(tmp_path)))
