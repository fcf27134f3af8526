"""The networks of an upscaler's training, from weights that are at hand or from the seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from assets.weights.files import MissingWeights, find_weights
from models.glean.network import GLEAN
from models.glean.training import free_prior
from models.glean.weights import load_bank
from models.stylegan2.discriminator import StyleGAN2Discriminator, load_discriminator
from models.vgg.weights import load_vgg
from shards.storage import sha256_of
from tasks.training.upscaler.options import UpscalerOptions

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Networks:
    """``facts``: by text what each was made from. The discriminator and VGG16 are None where not wanted."""

    glean: GLEAN
    discriminator: StyleGAN2Discriminator | None
    features: nn.Module | None
    facts: dict[str, str]


def make_networks(options: UpscalerOptions) -> Networks:
    """All networks at step 0, on the CPU.

    Raises MissingWeights (a FileNotFoundError) for weights that are not there, ValueError for a bank of
    another size and for files that hold no such network.
    """
    facts: dict[str, str] = {}
    bank = None
    if options.prior_weights:
        bank, facts["bank"] = _loaded(options.prior_weights, "stylegan2", load_bank, options.weights)
        if bank.config.size != options.out_size:
            raise ValueError(
                f"{options.prior_weights}: expected a bank of {options.out_size} pixels, as --out-size says, "
                f"got one of {bank.config.size}; use another bank or --out-size {bank.config.size}"
            )
    else:
        facts["bank"] = "none was given: trained along from the seed"
    features = None
    if options.perceptual != "0":
        try:
            features, facts["perceptual"] = _loaded(options.perceptual, "vgg16", load_vgg, options.weights)
        except MissingWeights as error:
            raise MissingWeights(f"{error}; or leave this loss out by --perceptual 0") from error
    else:
        facts["perceptual"] = "left out"
    judge = None
    if options.discriminator_weights:
        judge, facts["discriminator"] = _loaded(
            options.discriminator_weights, "stylegan2", load_discriminator, options.weights
        )
    config = options.config(bank.config if bank else options.prior_config())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        glean = GLEAN(config)
        if options.adversarial and judge is None:
            judge = StyleGAN2Discriminator(config.bank.channels)
            facts["discriminator"] = "none was given: trained along from the seed"
    if judge is None:
        facts["discriminator"] = "left out"
    elif judge.size != options.out_size:
        raise ValueError(
            f"{options.discriminator_weights}: expected a discriminator of {options.out_size} pixels, "
            f"got one of {judge.size}"
        )
    if bank:
        glean.generator.load_state_dict(bank.state_dict())
    else:
        free_prior(glean)
    return Networks(glean=glean, discriminator=judge, features=features, facts=facts)


def _loaded(
    wanted: str, kind: str, load: Callable[[Path, str], Network], folder: str | None
) -> tuple[Network, str]:
    """A network from a file, or from the weights of a name; and a line on what it is."""
    path = Path(wanted)
    if path.suffix or path.is_file() or len(path.parts) > 1:
        if not path.is_file():
            raise MissingWeights(f"{wanted}: expected a file of weights, found none")
        return load(path, path.name), f"{path.name} sha256:{sha256_of(str(path))}"
    found = find_weights(wanted, folder)
    if found.network != kind:
        raise ValueError(f"{wanted}: expected weights of {kind}, got those of {found.network}")
    licence = f", {found.metadata['licence']}" if "licence" in found.metadata else ""
    return load(found.path, wanted), f"{wanted} sha256:{found.sha256}{licence}"
