from __future__ import annotations

import numpy as np
import pytest

from models.checkpoints.ncnn import read_convolutions, read_layers

PARAM = b"""7767517
3 3
Input            in       0 1 data
Convolution      conv     1 1 data a 0=2 1=3 4=1 5=1 6=54 9=2 -23310=1,2.000000e-01
ReLU             relu     1 1 a out 0=2.5e-1
"""
WEIGHTS = np.arange(54, dtype=np.float32) / 64
BIAS = np.array([0.5, -1.25], np.float32)
BIN = bytes(4) + WEIGHTS.tobytes() + BIAS.tobytes()


def test_layers_have_their_blobs_and_settings() -> None:
    layers = read_layers(PARAM, "x")
    assert [(layer.kind, layer.inputs, layer.outputs) for layer in layers] == [
        ("Input", (), ("data",)),
        ("Convolution", ("data",), ("a",)),
        ("ReLU", ("a",), ("out",)),
    ]
    assert layers[1].number(6) == 54 and layers[1].numbers(10) == (0.2,) and layers[1].number(8, 7) == 7
    assert layers[2].number(0) == 0.25


@pytest.mark.parametrize(
    ("tag", "kind"), [(0, np.float32), (0x0002C056, np.float32), (0x01306B47, np.float16)]
)
def test_weights_come_in_either_precision(tag: int, kind: type) -> None:
    data = tag.to_bytes(4, "little") + WEIGHTS.astype(kind).tobytes() + BIAS.tobytes()
    (found,) = read_convolutions(read_layers(PARAM, "x"), data, "x")
    assert np.array_equal(found.weight, WEIGHTS.reshape(2, 3, 3, 3)) and np.array_equal(found.bias, BIAS)
    assert found.weight.dtype == found.bias.dtype == np.float32


def test_an_odd_number_of_half_weights_is_padded() -> None:
    param = PARAM.replace(b"0=2 1=3 4=1 5=1 6=54", b"0=1 1=3 4=1 5=1 6=27")
    data = (0x01306B47).to_bytes(4, "little") + WEIGHTS[:27].astype(np.float16).tobytes() + bytes(2)
    (found,) = read_convolutions(read_layers(param, "x"), data + BIAS[:1].tobytes(), "x")
    assert np.array_equal(found.weight.ravel(), WEIGHTS[:27]) and found.bias.tolist() == [0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected a .param file of ncnn, which begins with 7767517, got another"),
        (b"<!DOCTYPE html>", "expected a .param file of ncnn"),
        (b"\x00\xff" * 99, "expected a .param file of ncnn"),
        (b"7767517\n", "expected some layers, as its second line says, got 0"),
        (b"7767517\nmany 3\n", "expected many layers, as its second line says, got 0"),
        (
            PARAM[: PARAM.index(b"out 0=")],
            "expected a layer in each line .*got 'ReLU             relu     1 1 a'",
        ),
        (PARAM.rpartition(b"ReLU")[0], "expected 3 layers, as its second line says, got 2"),
        (PARAM.replace(b"3 3\n", b"3 4\n"), "expected 4 blobs of different names, .*got 3"),
        (PARAM.replace(b"a out", b"a data"), "expected 3 blobs of different names, .*got 2"),
        (PARAM.replace(b"-23310=1,", b"-23310=2,"), "expected a layer in each line"),
        (PARAM.replace(b"0=2 ", b"0=two "), "expected a layer in each line"),
        (PARAM.replace(b"relu     1 1", b"relu     -1 1"), "expected a layer in each line"),
    ],
)
def test_other_texts_are_refused(text: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^x: {message}") as error:
        read_layers(text, "x")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kept", [0, 3, 4, 100, len(BIN) - 1])
def test_a_file_of_weights_that_is_cut_off_is_refused(kept: int) -> None:
    with pytest.raises(
        ValueError, match=rf"^x: expected at least \d+ bytes .*, got {kept}; the file was cut"
    ):
        list(read_convolutions(read_layers(PARAM, "x"), BIN[:kept], "x"))


@pytest.mark.parametrize(
    ("param", "data", "message"),
    [
        (PARAM, BIN + bytes(4), f"expected {len(BIN)} bytes of weights .*, got {len(BIN) + 4}"),
        (PARAM, b"\x01" + BIN[1:], "expected weights in float32 or half precision .*got tag 0x00000001"),
        (PARAM.replace(b"6=54", b"6=53"), BIN, "got 53 weights for 2 channels of 3x3"),
        (PARAM.replace(b"0=2 1=3", b"0=0 1=3"), BIN, "got 54 weights for 0 channels of 3x3"),
        (PARAM.replace(b"5=1", b"5=0"), BIN, "expected a convolution with weights .*and a bias"),
        (PARAM.replace(b"6=54", b"6=99999999999999"), BIN, "got 99999999999999 weights|expected at least"),
    ],
)
def test_weights_that_do_not_belong_to_the_layers_are_refused(
    param: bytes, data: bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^x: .*({message})"):
        list(read_convolutions(read_layers(param, "x"), data, "x"))


def test_a_list_where_a_number_belongs_is_refused() -> None:
    layers = read_layers(PARAM.replace(b"6=54", b"-23306=1,54"), "x")
    with pytest.raises(ValueError, match="layer conv: expected a number as setting 6, got a list"):
        list(read_convolutions(layers, BIN, "x"))
