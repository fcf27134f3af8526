"""Files of other kinds, by their first bytes or by the names in them."""

from __future__ import annotations

import io
import tarfile

import numpy as np
import pytest

from models.checkpoints.foreign import foreign_kind
from tests.models.published import saved


def _tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    return stream.getvalue()


def _array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("begins", "kind", "advice"),
    [
        (b"", "an empty file", "fetch the file again"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4fa0",
            "a pointer of Git LFS",
            "git lfs pull",
        ),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", "a web page", "fetch the file again"),
        (b'{\n  "metadata": {"total_size": 3}, "weight_map": {}', "the index of a checkpoint", "as one file"),
        (b'{"a": 1}', "a text of JSON", "name the file of weights"),
        (b"Not Found\n", "a text", "fetch the file again"),
        (b"\x08\x07\x12\x07pytorch\x1a\x05", "a model of ONNX", "torch.save"),
        (b"\x1f\x8b\x08", "a file compressed by gzip", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "a picture", "name the file of weights"),
        (b"7767517\n1 1\n", "the layers of a model of ncnn", "a pair that lies together"),
        (_tar()[:512], "an archive of tar", "unpack it"),
        (_array(), "an array of NumPy", "torch.save"),
    ],
)
def test_a_file_is_known_by_its_beginning(begins: bytes, kind: str, advice: str) -> None:
    found = foreign_kind(begins)
    assert found is not None and found[0].startswith(kind) and advice in found[1]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"], "an archive of TorchScript"),
        (["x.npy", "y.npy"], "arrays of NumPy"),
        (["config.json", "model.weights.h5"], "a model of Keras"),
    ],
)
def test_an_archive_is_known_by_the_names_in_it(names: list[str], kind: str) -> None:
    found = foreign_kind(b"PK\x03\x04", names)
    assert found is not None and found[0].startswith(kind)


def test_checkpoints_and_what_is_not_known_are_of_no_kind() -> None:
    assert foreign_kind(saved({})[:512], ["a/data.pkl", "a/version"]) is None
    assert foreign_kind(bytes(range(128, 255))) is None and foreign_kind(b"}q\x00.") is None
