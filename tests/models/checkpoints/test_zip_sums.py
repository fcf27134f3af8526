from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
import torch

from models.checkpoints.read import read_state
from models.checkpoints.zip_sums import damaged_member
from tests.models.published import flipped, saved


@pytest.fixture
def without_sums() -> Iterator[None]:
    torch.serialization.set_crc32_options(False)
    yield
    torch.serialization.set_crc32_options(True)


def test_a_flipped_bit_is_found() -> None:
    data = saved({"a": torch.ones(100)})
    assert damaged_member(io.BytesIO(data)) is None
    assert damaged_member(io.BytesIO(flipped(data))) == "archive/data/0"


def test_a_file_without_sums_is_read(without_sums: None) -> None:
    data = saved({"a": torch.ones(100)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is not None
    assert damaged_member(io.BytesIO(data)) is None
    assert read_state(data)["a"].equal(torch.ones(100))
