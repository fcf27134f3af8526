from __future__ import annotations

import torch

from models.identify import identify
from models.segmenters.encoder_unet.network import EncoderUNet


def test_faceocc_s_prefix_is_left_out_and_the_encoder_follows_from_the_tensors() -> None:
    for encoder in ("resnet18", "lite0"):
        network = EncoderUNet(encoder=encoder)
        state = {f"module.{name}": value for name, value in network.state_dict().items()}
        known, _ = identify({"state_dict": state}, "epoch_16_best.ckpt")
        assert (known.network, dict(known.sizes)) == ("encoder-unet", {"classes": 1})
        assert isinstance(known.module, EncoderUNet) and known.module.encoder_name == encoder
        images = torch.rand(1, 3, 32, 32)
        assert torch.equal(known.module(images), network.eval()(images))
