from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from models.checkpoints.read import read_content, read_state
from models.glean.weights import load_glean, load_prior
from models.rainnet.weights import load_rainnet
from models.rrdb.weights import load_rrdbnet
from tests.models.published import Shapes, flipped, glean, prior, rainnet, rrdbnet, saved, tensors


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self._path,)


def test_code_in_a_checkpoint_is_refused_and_does_not_run(tmp_path: Path) -> None:
    sign = tmp_path / "ran"
    for data in (saved({"params": _Trap(sign)}), pickle.dumps(_Trap(sign))):
        (tmp_path / "bad.pth").write_bytes(data)
        for source in (data, tmp_path / "bad.pth", str(tmp_path / "bad.pth")):
            with pytest.raises(
                ValueError,
                match=r": expected a checkpoint of tensors alone, got .*; save its state_dict alone",
            ) as error:
                read_state(source)
            begins = "checkpoint:" if source is data else f"{tmp_path / 'bad.pth'}:"
            assert str(error.value).startswith(begins) and "\n" not in str(error.value)
    assert not sign.exists()


def test_what_a_file_holds_decides_and_not_its_name(tmp_path: Path) -> None:
    path, sign = tmp_path / "a.safetensors", tmp_path / "ran"
    path.write_bytes(saved({"conv.weight": torch.ones(3)}))
    assert read_state(path)["conv.weight"].equal(torch.ones(3))
    path.write_bytes(pickle.dumps(_Trap(sign)))
    with pytest.raises(
        ValueError, match=r"got a pickle that torch\.save did not write; save its state_dict alone"
    ):
        read_state(path)
    path.write_bytes(pickle.dumps(_Trap(sign), protocol=2))
    with pytest.raises(ValueError, match="got one that holds "):
        read_state(path)
    assert not sign.exists()


@pytest.mark.parametrize("kept", [0, 1, 100, 700, -20])
def test_a_file_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.pth"
    path.write_bytes(saved({"conv.weight": torch.zeros(100)})[:kept])
    for source in (path, path.read_bytes()):
        with pytest.raises(ValueError, match=r"cut\.pth: expected a checkpoint of tensors alone") as error:
            read_state(source, "cut.pth")
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got an empty file;"),
        (b" \r\n<!DOCTYPE html><html>", "got a web page;"),
    ],
)
def test_other_files_than_checkpoints_are_described(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(data)
    for source in (data, tmp_path / "a.pth"):
        with pytest.raises(
            ValueError, match=rf"expected a checkpoint of tensors alone, {message} fetch the file"
        ):
            read_state(source)


def test_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flipped.pth"
    path.write_bytes(flipped(saved({"conv.weight": torch.ones(100)})))
    for source in (path, path.read_bytes()):
        with pytest.raises(ValueError) as error:
            read_state(source, "flipped.pth")
        assert str(error.value) == (
            "flipped.pth: expected a checkpoint of tensors alone, got one whose archive/data/0 differs from its "
            "check sum; copy or fetch the file again, and compare its hash"
        )


def test_a_checkpoint_that_unfolds_in_memory_is_refused() -> None:
    stored, deflated = saved({"a": torch.zeros(1 << 20)}), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(stored)) as old,
        zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    assert read_state(stored).keys() == {"a"} and len(deflated.getvalue()) < 1 << 14
    with pytest.raises(ValueError, match=r"got one whose tensors are compressed;"):
        read_state(deflated.getvalue())


def test_path_and_bytes_give_the_same_tensors(tmp_path: Path) -> None:
    data = saved({"epoch": 1, "a": torch.ones(2)})
    (tmp_path / "a.pth").write_bytes(data)
    for source in (data, tmp_path / "a.pth", str(tmp_path / "a.pth")):
        assert read_state(source)["a"].tolist() == [1, 1]


def test_a_missing_file_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_state(tmp_path / "none.pth")


@pytest.mark.parametrize(
    ("load", "shapes"),
    [
        (load_rrdbnet, rrdbnet(width=2, blocks=1, growth=1)),
        (load_glean, glean(8, [2, 2, 2], styles=2, mapping=1, width=2, blocks=1, growth=1, head=2)),
        (load_prior, prior("", [2, 2], 2, 1)),
        (load_rainnet, rainnet(1)),
    ],
)
def test_every_network_is_read_the_same_way(load, shapes: Shapes, tmp_path: Path) -> None:
    state = tensors(shapes)
    data = saved({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()}})
    path = tmp_path / "a.pth"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        loaded = load(source).state_dict()
        assert loaded.keys() == shapes.keys() and all(
            torch.equal(loaded[name], state[name]) for name in state
        )
    for source, name, message in [
        (data[:-9], None, "checkpoint: expected a checkpoint of tensors alone, got"),
        (saved({"other": torch.zeros(1)}), "a.pth", r"a\.pth: expected a tensor named .*, got other; use"),
        (
            saved({**state, "other": torch.zeros(1)}),
            "a.pth",
            r"a\.pth: expected exactly .* unknown: other; use",
        ),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            load(source, name)


def test_tensors_without_values_are_refused() -> None:
    data = saved({"state_dict": {"a": torch.zeros(1, device="meta")}})
    with pytest.raises(
        ValueError, match=r"^x: expected tensors with values, got some without \(device meta\); save"
    ):
        read_content(data, "x")


def test_a_file_that_is_not_read_to_its_end_because_of_the_disk_stays_that_error(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(saved({"a": torch.zeros(1)}))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads everything")
    with pytest.raises(PermissionError):
        read_content(path)
