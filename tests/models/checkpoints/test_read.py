from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from models.checkpoints.read import build_strict, count, opened, read_state, shape, unwrapped
from models.glean.weights import load_glean, load_prior
from models.rainnet.weights import load_rainnet
from models.rrdb.weights import load_rrdbnet
from tests.models.published import Shapes, glean, prior, rainnet, rrdbnet, saved, tensors


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
                ValueError, match=r": expected a checkpoint of tensors alone.*fetch the file again"
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
    with pytest.raises(ValueError, match="got a pickle that holds other things, or is damaged"):
        read_state(path)
    path.write_bytes(pickle.dumps(_Trap(sign), protocol=2))
    with pytest.raises(ValueError, match="got one that asks for "):
        read_state(path)
    assert not sign.exists()


def _circle() -> dict[str, object]:
    circle: dict[str, object] = {}
    circle["params"] = circle
    return circle


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
        (b"\x89PNG\r\n\x1a\n", r"got one that is damaged \(UnpicklingError\);"),
    ],
)
def test_other_files_than_checkpoints_are_described(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(data)
    for source in (data, tmp_path / "a.pth"):
        with pytest.raises(
            ValueError, match=rf"expected a checkpoint of tensors alone, {message} fetch the file"
        ):
            read_state(source)


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
    data = saved({"epoch": 1, "state_dict": {"a": torch.ones(2)}})
    (tmp_path / "a.pth").write_bytes(data)
    for source in (data, tmp_path / "a.pth", str(tmp_path / "a.pth")):
        assert read_state(source)["a"].tolist() == [1, 1]


def test_a_missing_file_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_state(tmp_path / "none.pth")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "got nothing"),
        ([1], "got a list"),
        ({"params": {}}, "got nothing"),
        ({"epoch": 3, "a": torch.zeros(1)}, "got something else under epoch;"),
        ({1: torch.zeros(1)}, "got something else under 1;"),
        ({"a": torch.zeros(1, device="meta")}, "got something else under a;"),
        ({"a": torch.eye(2).to_sparse()}, "got something else under a;"),
        # One value that stands for a trillion.
        ({"a": torch.zeros(1).expand(1 << 20, 1 << 20)}, "got something else under a;"),
        (_circle(), "got something else under params;"),
        ({"a\nb" * 90: 1}, r"under (a b)+a?;"),
    ],
)
def test_other_content_than_tensors_by_name_is_refused(content: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        opened(content)


def test_averaged_weights_come_before_the_last_ones() -> None:
    state = {"generator.a": torch.zeros(1), "generator_ema.a": torch.ones(1)}
    assert unwrapped(state, ["a"], "x") == {"a": torch.ones(1)}


def test_only_whole_words_are_a_wrapping() -> None:
    for other in ("old_a", "generatora", "x.a"):
        assert unwrapped({other: torch.zeros(1), "a": torch.ones(1)}, ["a"], "x").keys() == {other, "a"}
        with pytest.raises(ValueError, match=f"x: expected a tensor named a, got {other}; use a file"):
            unwrapped({other: torch.zeros(1)}, ["a"], "x")


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


def test_a_network_has_all_values_and_waits_to_predict() -> None:
    weights = {"weight": torch.ones(1, 2, dtype=torch.float16), "bias": torch.zeros(1)}
    network = build_strict(lambda: torch.nn.Linear(2, 1), weights, "x")
    assert not network.training and network(torch.ones(1, 2)).item() == 2
    assert {(weight.dtype, weight.requires_grad) for weight in network.parameters()} == {
        (torch.float32, True)
    }


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
