"""SegFormer: the encoder of ``transformers``, with the norms of one of three programs."""

from __future__ import annotations

from torch import Tensor, nn

from models.check_inputs import check_pictures
from models.segmenters.layers.inputs import Normalise, enlarge
from models.segmenters.network import FaceSegmenter
from models.segmenters.segformer.heads import Program, head_for, usual_width

# By size b0 to b5: channels of the first stage, and blocks by stage.
SIZES = {
    0: (32, (2, 2, 2, 2)),
    1: (64, (2, 2, 2, 2)),
    2: (64, (3, 4, 6, 3)),
    3: (64, (3, 4, 18, 3)),
    4: (64, (3, 8, 27, 3)),
    5: (64, (3, 6, 40, 3)),
}
HEADS, _REDUCTIONS = (1, 2, 5, 8), (8, 4, 2, 1)
# Epsilon of the layer norms by program: of the patches and the reduced keys, and of blocks and stages.
_EPSILONS: dict[Program, tuple[float, float]] = {
    "mmsegmentation": (1e-6, 1e-6),
    "nvidia": (1e-5, 1e-6),
    "transformers": (1e-5, 1e-5),
}
_INNER_NORMS = (".patch_embeddings.", ".sequence_reduction.")
_DROP_PATH = 0.1


class MixTransformer(nn.Module):
    """Features at a quarter to a thirty-second of the sides, from ``transformers`` without its weights.

    Input: float (N, 3, H, W), RGB in [0, 1], which is normalised here. ``channels`` are 32, 64, 160, 256 for
    b0, and 64, 128, 320, 512 for the others. The norms' epsilon is that of ``program``.
    """

    def __init__(self, size: int, program: Program = "mmsegmentation") -> None:
        # Takes seconds to import.
        from transformers import SegformerConfig, SegformerModel

        super().__init__()
        self.normalise = Normalise()
        first, blocks = SIZES[size]
        self.channels = tuple(first * heads for heads in HEADS)
        config = SegformerConfig(
            depths=list(blocks),
            hidden_sizes=list(self.channels),
            num_attention_heads=list(HEADS),
            sr_ratios=list(_REDUCTIONS),
            drop_path_rate=_DROP_PATH,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.stages = SegformerModel(config).stages
        inner, outer = _EPSILONS[program]
        for name, module in self.named_modules():
            if isinstance(module, nn.LayerNorm):
                module.eps = inner if any(part in name for part in _INNER_NORMS) else outer

    def forward(self, images: Tensor) -> list[Tensor]:
        found = [self.normalise(images)]
        for stage in self.stages:
            found.append(stage(found[-1]))
        return found[1:]


class SegFormer(FaceSegmenter):
    """SegFormer of size 0 to 5; H and W are multiples of 32.

    Head and norms are those of ``program``, whose names the head's tensors have, so that they tell programs
    apart. ``width`` is the head's number of channels. Dropped paths (0.1) are drawn from torch's global
    random state in training.
    """

    multiple = 32

    def __init__(
        self,
        *,
        classes: int = 2,
        size: int = 5,
        program: Program = "mmsegmentation",
        width: int | None = None,
    ) -> None:
        super().__init__()
        if size not in SIZES:
            raise ValueError(f"size: expected one of {', '.join(map(str, SIZES))}, got {size}")
        if program not in _EPSILONS:
            raise ValueError(f"program: expected one of {', '.join(_EPSILONS)}, got {program}")
        self.classes, self.size, self.program = classes, size, program
        self.width = width or usual_width(program, size)
        self.backbone = MixTransformer(size, program)
        self.decode_head = head_for(program, self.backbone.channels, self.width, classes)

    def forward(self, images: Tensor) -> Tensor:
        check_pictures(images, self.multiple)
        return enlarge(self.decode_head(self.backbone(images)), images.shape[2:])
