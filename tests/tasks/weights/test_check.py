from __future__ import annotations

from pathlib import Path

import torch

from models.checkpoints.safetensors_io import encode_network
from tasks.weights.check import CheckReport, check_weights
from tasks.weights.import_file import import_weights
from tests.tasks.weights_files import tiny_glean, tiny_rainnet, write


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    import_weights(write(tmp_path / "a.pth", tiny_glean()), folder=folder)
    import_weights(write(tmp_path / "b.pth", tiny_rainnet()), folder=folder)
    return folder


def _wrong(report: CheckReport) -> str:
    (file,) = (file for file in report.files if not file.sound)
    assert "\n" not in file.message
    return file.message


def test_a_sound_folder_is_told_file_by_file(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "net_G_last.pth").write_bytes(b"")
    calls: list[tuple[int, int | None]] = []
    report = check_weights(folder=folder, on_progress=lambda *call: calls.append(call))
    assert calls == [(0, 2), (1, 2), (2, 2)]
    assert report.sound and report.others == ("net_G_last.pth",)
    assert [(file.name, file.message) for file in report.files] == [
        ("glean", "glean, scale 4, in_size 8, out_size 32, user-provided"),
        ("rainnet-own", "rainnet, width 1, channels 3, user-provided"),
    ]


def test_an_empty_or_missing_folder_has_nothing_wrong(tmp_path: Path) -> None:
    assert check_weights(folder=tmp_path / "none") == CheckReport(
        folder=tmp_path / "none", files=(), others=()
    )


def test_a_name_without_a_file_is_wrong(tmp_path: Path) -> None:
    assert "found no such file" in _wrong(check_weights(["glean", "realesrgan"], _folder(tmp_path)))


def test_a_changed_value_is_found(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    data = bytearray((folder / "glean.safetensors").read_bytes())
    data[-3] ^= 1
    (folder / "glean.safetensors").write_bytes(data)
    assert "expected tensors of the hash in its header" in _wrong(check_weights(folder=folder))


def test_a_file_cut_off_is_found(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    path = folder / "glean.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    assert "expected a whole file of safetensors" in _wrong(check_weights(folder=folder))


def test_a_file_under_another_name_is_found(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "glean.safetensors").rename(folder / "realesrgan.safetensors")
    assert "got those imported as glean; rename it" in _wrong(check_weights(folder=folder))


def test_another_network_than_the_header_or_the_registry_says_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "glean.safetensors").write_bytes(encode_network(tiny_rainnet(), {"network": "glean"}))
    assert "expected a tensor named encoder.0.1.weight" in _wrong(check_weights(folder=folder))
    (folder / "glean.safetensors").write_bytes(encode_network(tiny_rainnet(), {"network": "rainnet"}))
    assert "glean: expected glean (scale 4), got rainnet (width 1, channels 3)" in _wrong(
        check_weights(folder=folder)
    )
    (folder / "glean.safetensors").rename(folder / "mine.safetensors")
    assert check_weights(folder=folder).sound


def test_values_that_are_no_numbers_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    state = tiny_rainnet() | {"model_out.1.bias": torch.full((3,), float("inf"))}
    (folder / "mine.safetensors").write_bytes(encode_network(state, {"network": "rainnet"}))
    assert "NaN or infinite: model_out.1.bias" in _wrong(check_weights(folder=folder))
