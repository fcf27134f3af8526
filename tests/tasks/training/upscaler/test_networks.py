"""Networks at step 0, and what is said of the files that they come from."""

from __future__ import annotations

from pathlib import Path

import torch

from tasks.training.upscaler.networks import make_networks
from tests.upscaler_training import tiny, tiny_prior


def test_of_a_priors_file_with_several_networks_it_is_said_which_was_taken(tmp_path: Path) -> None:
    averaged = tiny_prior(tmp_path).state_dict()
    last = {f"generator.{name}": value + 1 for name, value in averaged.items()}
    file = tmp_path / "prior.pth"
    torch.save(last | {f"generator_ema.{name}": value for name, value in averaged.items()}, file)
    networks = make_networks(tiny(train_prior=False, prior_weights=str(file)))
    assert networks.origins["bank"].startswith("prior.pth sha256:")
    assert networks.origins["bank"].endswith(", taken: generator_ema (averaged weights); left: generator")
    state = networks.glean.generator.state_dict()
    assert all(torch.equal(state[name], value) for name, value in averaged.items())


def test_of_a_file_that_is_the_prior_nothing_more_is_said(tmp_path: Path) -> None:
    torch.save(tiny_prior(tmp_path).state_dict(), tmp_path / "prior.pth")
    networks = make_networks(tiny(train_prior=False, prior_weights=str(tmp_path / "prior.pth")))
    name, _, digest = networks.origins["bank"].partition(" sha256:")
    assert name == "prior.pth" and len(digest) == 64
