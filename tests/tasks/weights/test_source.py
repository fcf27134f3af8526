"""Checkpoints in files and archives, before anything in them is identified."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from tasks.weights.source import weights_sources
from tests.models.ncnn_files import rrdbnet_files
from tests.models.published import rrdbnet, saved, tensors
from tests.tasks.weights_files import tiny_rainnet, write


def _zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def test_an_archive_that_is_being_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(_zipped("a.pth", saved(tiny_rainnet())))
    (source,) = weights_sources(path)
    path.write_bytes(_zipped("a.pth", saved({key: value + 1 for key, value in tiny_rainnet().items()})))
    with pytest.raises(ValueError, match=r"one\.zip: expected a"):
        source.read()


def test_a_checkpoint_of_torch_is_no_archive(tmp_path: Path) -> None:
    path = write(tmp_path / "model.pth", tiny_rainnet())
    assert zipfile.is_zipfile(path), "torch.save writes zips"
    (source,) = weights_sources(path)
    assert (source.alone, source.file, source.label, source.beside) == (True, "model.pth", str(path), "")
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.read().keys() == tiny_rainnet().keys()


def test_members_of_an_archive_come_by_name_and_know_where_they_are_from(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("z.pth", "a/b.ckpt", "notes.txt"):
            archive.writestr(name, saved(tiny_rainnet()))
    sources = weights_sources(path)
    assert [source.label for source in sources] == [f"{path}!a/b.ckpt", f"{path}!z.pth"]
    assert [(source.file, source.alone) for source in sources] == [("b.ckpt", False), ("z.pth", False)]


def test_a_pair_has_the_hashes_of_both_files_in_a_folder_and_in_an_archive(tmp_path: Path) -> None:
    param, weights = rrdbnet_files(tensors(rrdbnet(width=2, blocks=1, growth=1)), 1)
    (tmp_path / "x.param").write_bytes(param)
    (tmp_path / "x.bin").write_bytes(weights)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("x.param", param)
        archive.writestr("x.bin", weights)
    for name in ("x.param", "x.bin", "x.zip"):
        (source,) = weights_sources(tmp_path / name)
        assert source.file == "x.bin" and not source.alone
        assert source.sha256 == hashlib.sha256(weights).hexdigest()
        assert source.beside == hashlib.sha256(param).hexdigest()
        assert source.read()


def test_a_small_member_may_compress_well_and_a_large_one_may_not(tmp_path: Path) -> None:
    (tmp_path / "small.zip").write_bytes(_zipped("a.pth", bytes(1 << 20)))
    assert len(weights_sources(tmp_path / "small.zip")) == 1
    (tmp_path / "large.zip").write_bytes(_zipped("a.pth", bytes((1 << 20) + 1)))
    with pytest.raises(ValueError, match=r"which hardly compress, got a\.pth of 1048577 bytes, "):
        weights_sources(tmp_path / "large.zip")


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a file of weights, got a folder; name the file in it"):
        weights_sources(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"gone\.pth: expected a file of weights, found none"):
        weights_sources(tmp_path / "gone.pth")


def test_a_checkpoint_may_be_called_bin(tmp_path: Path) -> None:
    path = write(tmp_path / "pytorch_model.bin", tiny_rainnet())
    (source,) = weights_sources(path)
    assert source.alone and source.read().keys() == tiny_rainnet().keys()
