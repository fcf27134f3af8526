"""What may be asked of an upscaler's training, and what becomes of it."""

from __future__ import annotations

import pytest
import torch

from models.glean.network import GLEAN
from tasks.training.upscaler.options import PUBLISHED_SIZES, UpscalerOptions
from tests.upscaler_training import tiny

# Parameters in millions by sides, specs 3.1.
COUNTS = {(16, 256): 171.9, (32, 256): 162.5, (64, 256): 157.8, (128, 512): 165.6}
COUNTS |= {(64, 1024): 175.5, (128, 1024): 174.2, (256, 1024): 173.8}


@pytest.mark.parametrize("sizes", PUBLISHED_SIZES, ids=str)
def test_defaults_are_the_published_network_at_every_pair_of_sizes(sizes: tuple[int, int]) -> None:
    options = UpscalerOptions(in_size=sizes[0], out_size=sizes[1], train_prior=True)
    with torch.device("meta"):
        network = GLEAN(options.config(options.prior_config()))
    assert round(sum(value.numel() for value in network.parameters()) / 1e6, 1) == COUNTS[sizes]


def test_defaults_are_the_published_training() -> None:
    options = UpscalerOptions(train_prior=True)
    assert (options.steps, options.learning_rate, options.batch) == (300_000, 1e-4, 8)
    losses = options.losses
    assert (losses.pixel, losses.perceptual, losses.adversarial) == (1.0, 1e-2, 1e-2)
    assert tiny(adversarial=0).losses.perceptual == tiny(adversarial=0).losses.adversarial == 0


def test_only_what_bears_on_the_weights_decides() -> None:
    one = tiny(every=7, threads=3, device="auto", weights="w").cache_fields()
    assert one == tiny().cache_fields()
    assert {"seed", "steps", "precision", "degradation", "in_size", "held_out", "bank_width"} <= one.keys()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps: expected at least 1, got 0"),
        ({"batch": 0}, "batch: expected at least 1, got 0"),
        ({"out_size": 8}, "out_size: expected at least 16, got 8"),
        ({"out_size": 48}, "out_size: expected a power of two, got 48"),
        ({"in_size": 6}, "in_size: expected a power of two from 4 on and below 16, the prior's size, got 6"),
        (
            {"in_size": 16},
            "in_size: expected a power of two from 4 on and below 16, the prior's size, got 16",
        ),
        ({"learning_rate": 1.5}, "learning_rate: expected more than 0 and less than 1, got 1.5"),
        ({"learning_rate": float("nan")}, "learning_rate: expected more than 0 and less than 1, got nan"),
        ({"adversarial": -1.0}, "adversarial: expected at least 0, got -1.0"),
        ({"precision": "float16"}, "precision: expected float32 or bfloat16, got 'float16'"),
        ({"degradation": "none"}, "degradation: expected bicubic or blind, got 'none'"),
        ({"device": "tpu"}, "device: expected auto, cpu or cuda, got 'tpu'"),
        ({"train_bank": False}, r"which is not what is published; got neither"),
        ({"bank_weights": "stylegan2-cat"}, r"which is not what is published; got both"),
        (
            {"adversarial": 0, "discriminator_weights": "d.pth"},
            "discriminator_weights: expected an adversarial loss above 0 beside it, got 0",
        ),
    ],
    ids=str,
)
def test_impossible_options_are_errors(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        tiny(**changes)
