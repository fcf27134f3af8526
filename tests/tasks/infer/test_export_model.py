from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.checkpoints.read import read_content
from models.identify import identify
from tasks.infer.export_model import export_model
from tasks.infer.network import open_segmenter
from tasks.infer.options import ExportOptions
from tests.models.published import saved
from tests.models.segmenters.segformer import nvidia
from tests.models.segmenters.segformer.transformers_4 import segmenter
from tests.tasks.infer.checkpoints import checkpoint


def test_an_onnx_network_scores_as_its_checkpoint_and_has_a_card(tmp_path: Path) -> None:
    given = checkpoint(tmp_path, classes=2)
    report = export_model(ExportOptions(checkpoint=given, out=tmp_path / "out"))
    assert report.largest_difference is not None and report.largest_difference < 1e-4
    assert [Path(file).name for file in report.files] == ["unet.onnx", "README.md"]
    ours, theirs = open_segmenter(given, "cpu"), open_segmenter(report.files[0], "cpu")
    assert (theirs.classes, theirs.size, theirs.multiple, theirs.any_size) == (2, 64, 16, False)
    images = np.random.default_rng(0).random((3, 3, 64, 64), np.float32)
    np.testing.assert_allclose(ours.scores(images), theirs.scores(images), atol=1e-4)
    card = Path(report.files[1]).read_text()
    for text in ("0123456789ab", "research only", "| RealOcc | face_iou | 0.9 |", "started from | scratch"):
        assert text in card, text
    drawn = "erase on 0.25 of the faces, natocc on 0.5 of the faces; occluders: 3 hand, 2 object"
    assert f"| occluded while it trained | {drawn} |" in card
    assert "those scores are not of faces that the selection has not seen" in card


def test_mmsegmentation_s_layout_is_written_and_read(tmp_path: Path) -> None:
    given = checkpoint(tmp_path, "segformer-b0", classes=2)
    report = export_model(ExportOptions(checkpoint=given, out=tmp_path / "out", format="mmseg"))
    weights, config, _ = report.files
    content = read_content(weights)
    assert isinstance(content, dict) and "backbone.layers.0.0.projection.weight" in content["state_dict"]
    known, _ = identify(content, "x")
    images = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        expected = open_segmenter(given, "cpu").scores(images.numpy())
        np.testing.assert_allclose(known.module(images).numpy(), expected, atol=1e-5)
    values: dict[str, object] = {}
    exec(Path(config).read_text(), values)
    model = values["model"]
    assert isinstance(model, dict) and model["backbone"]["num_layers"] == [2, 2, 2, 2]


def test_nvidia_s_layout_is_written_for_its_head(tmp_path: Path) -> None:
    given = tmp_path / "nvidia.pth"
    given.write_bytes(saved(nvidia.checkpoint(0, 19)))
    report = export_model(ExportOptions(checkpoint=str(given), out=tmp_path / "out", format="mmseg"))
    assert (report.variant, report.classes) == ("segformer-b0", 19)
    weights, config, _ = report.files
    content, original = read_content(weights), read_content(given)
    assert isinstance(content, dict) and isinstance(original, dict)
    state = {name: value for name, value in original["state_dict"].items() if "conv_seg" not in name}
    assert content["state_dict"].keys() == state.keys()
    assert all(torch.equal(content["state_dict"][name], value) for name, value in state.items())
    values: dict[str, dict[str, dict[str, object]]] = {}
    exec(Path(config).read_text(), values)
    backbone, head = values["model"]["backbone"], values["model"]["decode_head"]
    assert backbone["type"] == "mit_b0" and Path(config).read_text().startswith("# NVlabs/SegFormer;")
    assert (head["type"], head["num_classes"], head["decoder_params"]) == (
        "SegFormerHead",
        19,
        {"embed_dim": 256},
    )


def test_what_mmsegmentation_lacks_is_refused(tmp_path: Path) -> None:
    for variant, classes, message in (
        ("unet", 2, "expected one of pspnet-resnet18, .*, got unet, which MMSegmentation does not have"),
        ("segformer-b0", 1, "expected a network of two classes or more, got one logit a pixel"),
    ):
        options = ExportOptions(
            checkpoint=checkpoint(tmp_path, variant, classes=classes), out=tmp_path / "out", format="mmseg"
        )
        with pytest.raises(ValueError, match=message):
            export_model(options)
    given = tmp_path / "transformers.pth"
    given.write_bytes(saved(segmenter(2).state_dict()))
    with pytest.raises(
        ValueError, match=r"expected a SegFormer with the norms of MMSegmentation or NVIDIA, got one of trans"
    ):
        export_model(ExportOptions(checkpoint=str(given), out=tmp_path / "out", format="mmseg"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(
        ValueError, match="--size: expected a multiple of 16 for this network, got 40; use 48"
    ):
        export_model(ExportOptions(checkpoint=checkpoint(tmp_path), out=tmp_path / "out", size=40))
