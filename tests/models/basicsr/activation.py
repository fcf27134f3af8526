"""BasicSR's fused activation, which has a kernel for CUDA alone, on any device."""

from __future__ import annotations

from torch import Tensor, nn

from tests.models.basicsr.parts import part


class Described(nn.Module):
    """What its kernel computes: bias added, slope 0.2 below 0, times the root of 2.

    The last two are BasicSR's own ``ScaledLeakyReLU``; the bias keeps its name among the weights.
    """

    def __init__(self, bias: nn.Parameter) -> None:
        super().__init__()
        self.bias, self.bent = bias, part("archs.stylegan2_arch").ScaledLeakyReLU(0.2)

    def forward(self, features: Tensor) -> Tensor:
        bent: Tensor = self.bent(features + self.bias.view(-1, *[1] * (features.ndim - 2)))
        return bent


def describe_activations(network: nn.Module) -> None:
    """Put ``Described`` in the place of every fused activation of BasicSR's network."""
    fused = part("ops.fused_act.fused_act").FusedLeakyReLU
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, fused):
                assert (child.negative_slope, child.scale) == (0.2, 2**0.5)
                setattr(module, name, Described(child.bias))
