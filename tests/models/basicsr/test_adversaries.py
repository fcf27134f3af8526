"""StyleGAN2's discriminator, and the losses of adversaries, beside BasicSR's."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.rainnet.discriminator import Scores
from models.rainnet.losses import RainNetLossWeights, discriminator_loss, generator_loss
from models.stylegan2.discriminator import StyleGAN2Discriminator, discriminator_from
from tests.models.basicsr.activation import describe_activations
from tests.models.basicsr.parts import part, require_basicsr

require_basicsr()
ARCH = part("archs.stylegan2_arch")
LOSS = part("losses.gan_loss").GANLoss


def _discriminators() -> tuple[StyleGAN2Discriminator, nn.Module]:
    """A pair with the same weights, for pictures of 128 pixels."""
    torch.manual_seed(0)
    theirs = ARCH.StyleGAN2Discriminator(128, narrow=1 / 64)
    for weight in theirs.parameters():
        nn.init.normal_(weight)
    state = {_renamed(name): value for name, value in theirs.state_dict().items()}
    with torch.device("meta"):
        wanted = StyleGAN2Discriminator((8, 8, 8, 8, 8, 4)).state_dict()
    kernel = torch.outer(line := torch.tensor([1.0, 3.0, 3.0, 1.0]), line) / 64
    ours = discriminator_from({name: state.get(name, kernel) for name in wanted})
    assert set(state) <= set(wanted)
    describe_activations(theirs)
    first, last = theirs.final_linear
    first.activation = None
    theirs.final_linear = nn.Sequential(first, ARCH.ScaledLeakyReLU(0.2), last)
    return ours, theirs


def _renamed(name: str) -> str:
    name = re.sub(r"^conv_body", "convs", name)
    name = re.sub(r"^(final_linear\.\d)\.weight$", r"\1.linear.weight_orig", name)
    return re.sub(r"(\d)\.weight$", r"\1.conv.weight_orig", name)


@pytest.mark.parametrize("number", [1, 2, 4, 8])
def test_discriminators_give_the_same_scores(number: int) -> None:
    ours, theirs = _discriminators()
    # Of unlike contrast, so that groups spread unlike.
    contrast = torch.linspace(0.05, 1, number).view(-1, 1, 1, 1)
    pictures = (torch.rand(number, 3, 128, 128) * 2 - 1) * contrast
    with torch.inference_mode():
        got, expected = ours(pictures), theirs(pictures)
    assert got.shape == expected.shape == (number, 1)
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-5 * float(expected.abs().max()))


def test_the_vanilla_loss_is_a_softplus_of_scores() -> None:
    scores, loss = torch.linspace(-6, 6, 13)[:, None], LOSS("vanilla")
    torch.testing.assert_close(functional.softplus(-scores).mean(), loss(scores, True))
    torch.testing.assert_close(functional.softplus(scores).mean(), loss(scores, False, is_disc=True))


def test_rainnet_is_trained_by_hinges() -> None:
    torch.manual_seed(0)
    hinge = LOSS("hinge")
    fake = Scores(torch.randn(5, 1, 2, 2), torch.randn(5, 1, 2, 2))
    true = Scores(torch.randn(5, 1, 2, 2), torch.randn(5, 1, 2, 2))
    pictures = torch.rand(2, 5, 3, 8, 8)

    def judge(picture: Tensor, mask: Tensor) -> Scores:
        # A gradient for the penalty, which has no weight here.
        judged = fake if torch.equal(picture, pictures[0]) else true
        return Scores(judged.whole + 0 * picture.sum(), judged.together + 0 * picture.sum())

    weights, drawn = RainNetLossWeights(penalty=0), torch.Generator().manual_seed(0)
    got = discriminator_loss(judge, pictures[0], pictures[1], torch.ones(5, 1, 8, 8), drawn, weights)
    for mine, one, other in zip((got.whole, got.together), fake, true, strict=True):
        expected = hinge(one, False, is_disc=True) + hinge(other, True, is_disc=True)
        torch.testing.assert_close(mine, expected)
    better = generator_loss(pictures[0], pictures[1], fake)
    torch.testing.assert_close(better.whole, hinge(fake.whole, True))
    torch.testing.assert_close(better.together, hinge(fake.together, True))
