from __future__ import annotations

import pytest
import torch

from models.segmenters.encoder_unet.network import EncoderUNet, PlainResNet18

# Of FaceOcc's checkpoint (segmentation-models-pytorch's Unet, resnet18, one class).
FACEOCC = {
    "encoder.conv1.weight": (64, 3, 7, 7),
    "encoder.layer2.0.downsample.0.weight": (128, 64, 1, 1),
    "decoder.blocks.0.conv1.0.weight": (256, 768, 3, 3),
    "decoder.blocks.1.conv1.0.weight": (128, 384, 3, 3),
    "decoder.blocks.3.conv1.0.weight": (32, 128, 3, 3),
    "decoder.blocks.4.conv1.0.weight": (16, 32, 3, 3),
    "decoder.blocks.4.conv2.1.running_var": (16,),
    "segmentation_head.0.weight": (1, 16, 3, 3),
    "segmentation_head.0.bias": (1,),
}


def test_tensors_are_named_as_faceocc_s() -> None:
    with torch.device("meta"):
        state = EncoderUNet().state_dict()
    assert {name: tuple(state[name].shape) for name in FACEOCC} == FACEOCC


def test_the_plain_resnet_halves_five_times() -> None:
    features = PlainResNet18()(torch.rand(1, 3, 64, 32))
    assert [tuple(one.shape[2:]) for one in features] == [(32, 16), (16, 8), (8, 4), (4, 2), (2, 1)]


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="encoder: expected one of resnet18, lite0, lite1, lite2, got 'vgg'"):
        EncoderUNet(encoder="vgg")
