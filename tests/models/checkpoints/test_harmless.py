"""Numbers of NumPy beside tensors, under the names of old and new versions."""

from __future__ import annotations

import argparse
import datetime
import io
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from models.checkpoints.read import read_content
from tests.models.published import saved


def test_numbers_of_numpy_are_read() -> None:
    numbers = {
        "best": np.float64(28.5),
        "step": np.int64(3),
        "flag": np.bool_(True),
        "row": np.arange(4, dtype=np.uint32),
        "type": np.dtype("float32"),
    }
    found = read_content(saved({"a": torch.ones(1), **numbers}))
    assert isinstance(found, dict)
    assert (found["best"], found["step"], found["flag"], found["type"]) == (
        28.5,
        3,
        True,
        np.dtype("float32"),
    )
    assert found["row"].tolist() == [0, 1, 2, 3]


def test_numbers_that_other_versions_of_numpy_saved_are_read() -> None:
    content = pickle.dumps({"best": np.float64(28.5)}, protocol=2)
    assert b"numpy._core.multiarray" in content
    for module in (b"numpy._core.multiarray", b"numpy.core.multiarray"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a/data.pkl", content.replace(b"numpy._core.multiarray", module))
            archive.writestr("a/version", b"3\n")
        assert read_content(stream.getvalue()) == {"best": 28.5}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (argparse.Namespace(lr=0.1), "argparse.Namespace"),
        (Path("a"), "pathlib.PosixPath"),
        (datetime.datetime(2026, 1, 1), "datetime.datetime"),
        (torch.nn.ReLU(), "torch.nn.modules.activation.ReLU"),
        (np.array([object()]), "(builtins.object|numpy.dtypes.ObjectDType)"),
    ],
)
@pytest.mark.parametrize("new_format", [True, False])
def test_other_classes_are_named_with_what_to_do(
    value: object, kind: str, new_format: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.pth"
    torch.save({"a": torch.ones(1), "more": value}, path, _use_new_zipfile_serialization=new_format)
    with pytest.raises(ValueError) as error:
        read_content(path, "a.pth")
    begins = "a.pth: expected a checkpoint of tensors alone, got one that holds "
    assert re.match(begins + kind, str(error.value))
    assert str(error.value).endswith(
        "; save its state_dict alone where it was made: torch.save(model.state_dict(), 'weights.pth')"
    )
