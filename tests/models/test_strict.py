from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from models.strict import count, opened, read_state, shape, unwrapped


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self._path,)


def test_code_in_a_checkpoint_is_refused_and_does_not_run(tmp_path: Path) -> None:
    sign = tmp_path / "ran"
    torch.save({"params": _Trap(sign)}, tmp_path / "bad.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(_Trap(sign)))
    for name in ("bad.pth", "plain.pth"):
        with pytest.raises(
            ValueError, match=rf"{name}: expected a checkpoint of tensors alone.*fetch the file again"
        ):
            read_state(tmp_path / name)
    assert not sign.exists()


@pytest.mark.parametrize("kept", [0, 1, 100, 700])
def test_a_file_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.pth"
    torch.save({"conv.weight": torch.zeros(100)}, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"cut\.pth: expected a checkpoint of tensors alone"):
        read_state(path)


def test_a_missing_file_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_state(tmp_path / "none.pth")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "got nothing"),
        ([1], "got a list"),
        ({"params": {}}, "got nothing"),
        ({"epoch": 3, "a": torch.zeros(1)}, "got something else under epoch"),
    ],
)
def test_what_is_no_tensors_by_name_is_refused(content: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        opened(content)


def test_averaged_weights_come_before_the_last_ones() -> None:
    state = {"generator.a": torch.zeros(1), "generator_ema.a": torch.ones(1)}
    assert unwrapped(state, ["a"], "x") == {"a": torch.ones(1)}


def test_what_belongs_to_nothing_known_stays_to_be_told() -> None:
    state = {"generator.a": torch.ones(1), "discriminator.b": torch.ones(1), "other.c": torch.ones(1)}
    assert set(unwrapped(state, ["a"], "x")) == {"a", "other.c"}
    # Beside names without a prefix nothing is dropped.
    assert set(unwrapped({"a": torch.ones(1), "discriminator.b": torch.ones(1)}, ["a"], "x")) == {
        "a",
        "discriminator.b",
    }


def test_shapes_and_counts_that_a_configuration_is_read_from() -> None:
    state = {
        "b.0.w": torch.zeros(2, 3),
        "b.0.v": torch.zeros(0),
        "b.2.w": torch.zeros(1),
        "b.x": torch.zeros(1),
    }
    assert (
        count(state, "b.", ".w") == 2
        and count(state, "b.", ".v") == 1
        and shape(state, "b.0.w", 2, "x") == (2, 3)
    )
    with pytest.raises(
        ValueError, match=r"x: expected a tensor c, which is missing; use the whole published file"
    ):
        shape(state, "c", 2, "x")
    with pytest.raises(ValueError, match=r"x: expected b\.0\.w with 4 dimensions, got shape \(2, 3\)"):
        shape(state, "b.0.w", 4, "x")
    with pytest.raises(ValueError, match=r"got shape \(0,\)"):
        shape(state, "b.0.v", 1, "x")
