from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assets.weights.registry import registry
from models.checkpoints.safetensors_io import encode_network
from tasks.weights.import_file import import_weights
from tasks.weights.table import list_weights
from tests.tasks.weights_files import rrdbnet_x4, tiny_glean, tiny_rainnet, write


def test_the_registry_is_listed_with_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    glean = import_weights(write(tmp_path / "a.pth", tiny_glean()), folder=folder).weights
    x4 = import_weights(write(tmp_path / "b.pth", rrdbnet_x4()), name="esrgan", folder=folder).weights
    (folder / "mine.safetensors").write_bytes(encode_network(tiny_rainnet(), {"network": "rainnet"}))
    (folder / "vgg16.safetensors").write_bytes(b"<html>")
    rows = {row.name: row for row in list_weights(folder=folder).rows}
    assert list(rows) == [*registry(), "mine"]
    assert rows["glean"].here == f"{glean.sha256[:8]}, user-provided"
    assert rows["esrgan"].here == f"{x4.sha256[:8]}, not verified"
    assert rows["mine"].what == "not in the registry" and rows["mine"].here.endswith("user-provided")
    assert rows["vgg16"].here == "wrong" and "expected a whole file of safetensors" in rows["vgg16"].problem
    assert rows["realesrgan"].here == rows["rainnet"].here == "no"


def test_a_file_that_cannot_be_read_is_told_in_its_row(tmp_path: Path) -> None:
    import_weights(write(tmp_path / "a.pth", tiny_glean()), folder=tmp_path)
    # Neither can be read, by nobody.
    (tmp_path / "esrgan.safetensors").symlink_to("/proc/self/mem")
    (tmp_path / "lost.safetensors").symlink_to(tmp_path / "nowhere")
    rows = {row.name: row for row in list_weights(folder=tmp_path).rows}
    assert rows["glean"].here.endswith("user-provided") and rows["rainnet"].here == "no"
    assert rows["esrgan"].problem.startswith(
        f"wrong: {tmp_path}/esrgan.safetensors: expected a file that can"
    )
    assert rows["lost"].here == "wrong" and "a link that leads to none" in rows["lost"].problem


def test_a_header_that_the_registry_contradicts_is_not_believed(tmp_path: Path) -> None:
    whole = "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1"
    half = "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf"
    told = []
    for published, source in (("true", whole), ("true", half), ("true", "0" * 64), ("false", whole)):
        facts = {"network": "rrdbnet", "published": published, "source_sha256": source}
        (tmp_path / "realesrgan.safetensors").write_bytes(encode_network(rrdbnet_x4(), facts))
        told.append(list_weights(["realesrgan"], tmp_path).rows[0].here.split(", ")[1])
    # What an import of the second makes is known, so that these tensors cannot be it.
    assert told == ["as published", "not verified", "not verified", "not verified"]


def test_the_terms_in_a_file_are_told(tmp_path: Path) -> None:
    facts = {"network": "rainnet", "licence": "CC0 by A; CC BY by B"}
    (tmp_path / "rainnet-own.safetensors").write_bytes(encode_network(tiny_rainnet(), facts))
    (row,) = list_weights(["rainnet-own"], tmp_path).rows
    assert list(row.lines())[1:4] == [
        "  licence: that of the photographs it was trained with",
        "  network: rainnet",
        "  licence in its file: CC0 by A; CC BY by B",
    ]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ValueError, match="expected a folder of weights, got the file"):
        list_weights(folder=tmp_path / "file")


def test_listing_needs_no_torch(tmp_path: Path) -> None:
    import_weights(write(tmp_path / "a.pth", tiny_glean()), folder=tmp_path)
    script = (
        "import sys; from tasks.weights.table import list_weights; "
        f"rows = list_weights(['glean'], {str(tmp_path)!r}).rows; print(rows[0].here, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("user-provided False\n")


def test_a_name_is_told_in_full(tmp_path: Path) -> None:
    (row,) = list_weights(["realesrgan"], tmp_path).rows
    assert list(row.lines()) == [
        "realesrgan: Real-ESRGAN x4plus: photographs x4",
        "  licence: BSD-3-Clause",
        "  network: rrdbnet, scale 4, blocks 23, width 64, growth 32, 16.70 M parameters",
        "  file: RealESRGAN_x4plus.pth, sha256 4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        "  file: realesrgan-x4plus.bin, sha256 713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf "
        "(ncnn, half precision)",
        f"  here: no, {tmp_path}/realesrgan.safetensors",
        "  to get it: run natocc weights fetch realesrgan, or get RealESRGAN_x4plus.pth from "
        "https://github.com/xinntao/Real-ESRGAN and run natocc weights import FILE",
    ]
    with pytest.raises(ValueError, match="weights: expected one of realesrgan"):
        list_weights(["gleam"], tmp_path)
