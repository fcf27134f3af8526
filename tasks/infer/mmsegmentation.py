"""The configuration with which MMSegmentation 0.x, or NVIDIA's fork of it, reads an exported network."""

from __future__ import annotations

from models.segmenters.network import FaceSegmenter
from models.segmenters.segformer.network import HEADS, SIZES, SegFormer
from models.segmenters.variants import VARIANTS
from models.vgg.network import DEVIATION, MEAN

_DEPTHS = {"resnet18": 18, "resnet50": 50, "resnet101": 101}


def config_text(variant: str, network: FaceSegmenter, size: int) -> str:
    """The text of a Python file with the model and the test pipeline, for pictures of this side.

    Raises ValueError for a network that MMSegmentation does not have, and for one logit a pixel, for which
    its heads have no configuration.
    """
    classes = network.classes
    known = VARIANTS.get(variant)
    backbone = known.backbone if known else ""
    if (
        known is None
        or not (backbone in _DEPTHS or known.network == "segformer")
        or known.network == "encoder-unet"
    ):
        fitting = [name for name, row in VARIANTS.items() if _is_known(row.network, row.backbone)]
        raise ValueError(
            f"--format mmseg: expected one of {', '.join(fitting)}, got {variant}, which MMSegmentation does "
            "not have; use --format onnx"
        )
    if classes < 2:
        raise ValueError(
            "--format mmseg: expected a network of two classes or more, got one logit a pixel; train with a "
            "softmax schedule, or use --format onnx"
        )
    reader = "MMSegmentation 0.x"
    if isinstance(network, SegFormer):
        model = _segformer(network)
        if network.program == "nvidia":
            reader = "NVlabs/SegFormer"
    else:
        model = _resnet(known.network, backbone)
    mean, deviation = ([round(255 * value, 3) for value in values] for values in (MEAN, DEVIATION))
    return f"""# {reader}; mmseg.apis.init_segmentor(this file, the .pth beside it)
norm = dict(type='BN', requires_grad=True)
head = dict(num_classes={classes}, norm_cfg=norm, align_corners=False, dropout_ratio=0.1)
{model}
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='MultiScaleFlipAug', img_scale=({size}, {size}), flip=False, transforms=[
        dict(type='Resize', keep_ratio=False),
        dict(type='Normalize', mean={mean}, std={deviation}, to_rgb=True),
        dict(type='ImageToTensor', keys=['img']),
        dict(type='Collect', keys=['img']),
    ]),
]
data = dict(test=dict(pipeline=test_pipeline))
"""


def _is_known(network: str, backbone: str) -> bool:
    return network == "segformer" or (network != "encoder-unet" and backbone in _DEPTHS)


def _resnet(network: str, backbone: str) -> str:
    depth = _DEPTHS[backbone]
    deep = depth > 18
    last, before, channels, auxiliary = (2048, 1024, 512, 256) if deep else (512, 256, 128, 64)
    if network == "pspnet":
        main = (
            f"type='PSPHead', in_channels={last}, in_index=3, channels={channels}, pool_scales=(1, 2, 3, 6)"
        )
    else:
        first, fine = (256, 48) if deep else (64, 12)
        main = (
            f"type='DepthwiseSeparableASPPHead', in_channels={last}, in_index=3, channels={channels}, "
            f"dilations=(1, 12, 24, 36), c1_in_channels={first}, c1_channels={fine}"
        )
    return f"""model = dict(
    type='EncoderDecoder',
    backbone=dict(type='ResNetV1c', depth={depth}, num_stages=4, out_indices=(0, 1, 2, 3),
                  strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4), norm_cfg=norm, style='pytorch',
                  contract_dilation=True),
    decode_head=dict({main}, **head),
    auxiliary_head=dict(type='FCNHead', in_channels={before}, in_index=2, channels={auxiliary}, num_convs=1,
                        concat_input=False, **head),
    test_cfg=dict(mode='whole'))"""


def _segformer(network: SegFormer) -> str:
    first, blocks = SIZES[network.size]
    channels = [first * heads for heads in HEADS]
    if network.program == "nvidia":
        backbone = f"type='mit_b{network.size}', style='pytorch'"
        # ``channels`` are those of a convolution that its head makes and does not use.
        head = (
            f"type='SegFormerHead', in_channels={channels}, in_index=[0, 1, 2, 3], channels=128,\n"
            "                     feature_strides=[4, 8, 16, 32], "
            f"decoder_params=dict(embed_dim={network.width}), **head"
        )
    else:
        backbone = (
            f"type='MixVisionTransformer', embed_dims={first}, num_layers={list(blocks)},\n"
            f"                  num_heads={list(HEADS)}, qkv_bias=True, drop_path_rate=0.1"
        )
        head = (
            f"type='SegformerHead', in_channels={channels}, in_index=[0, 1, 2, 3],\n"
            f"                     channels={network.width}, **head"
        )
    return f"""model = dict(
    type='EncoderDecoder',
    backbone=dict({backbone}),
    decode_head=dict({head}),
    test_cfg=dict(mode='whole'))"""
