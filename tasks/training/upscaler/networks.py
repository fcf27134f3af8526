"""Create the networks of an upscaler's training from given weights or from the seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from assets.weights.files import MissingWeights, find_weights
from models.checkpoints.read import read_content
from models.glean.network import GLEAN
from models.glean.training import free_prior
from models.glean.weights import prior_from, select_prior
from models.stylegan2.discriminator import StyleGAN2Discriminator, load_discriminator
from models.stylegan2.network import StyleGAN2
from models.vgg.weights import load_vgg
from shards.storage import sha256_of
from tasks.training.upscaler.options import UpscalerOptions

FROM_SEED, LEFT_OUT = "none was given: trained along from the seed", "left out"
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Networks:
    """All networks at step 0. The discriminator and VGG16's features are None if they are not used.

    ``origins`` describes the source of each network; the prior's key is ``bank``.
    """

    glean: GLEAN
    discriminator: StyleGAN2Discriminator | None
    features: nn.Module | None
    origins: dict[str, str]


def make_networks(options: UpscalerOptions) -> Networks:
    """Create all networks at step 0, on the CPU.

    Raises MissingWeights (a FileNotFoundError) for missing weights, ValueError for a prior or a
    discriminator of another size and for files without the expected network.
    """
    origins = {"bank": FROM_SEED, "perceptual": LEFT_OUT, "discriminator": LEFT_OUT}
    prior = features = discriminator = None
    if options.prior_weights:
        prior, origins["bank"] = _prior(options.prior_weights, options)
    if options.perceptual != "0":
        features, origins["perceptual"] = _features(options)
    if options.discriminator_weights:
        discriminator, origins["discriminator"] = _discriminator(options.discriminator_weights, options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        glean = GLEAN(options.config(prior.config if prior else options.prior_config()))
        if options.adversarial and discriminator is None:
            discriminator = StyleGAN2Discriminator(glean.config.prior.channels)
            origins["discriminator"] = FROM_SEED
    if prior:
        glean.generator.load_state_dict(prior.state_dict())
    else:
        free_prior(glean)
    return Networks(glean=glean, discriminator=discriminator, features=features, origins=origins)


def _prior(weights: str, options: UpscalerOptions) -> tuple[StyleGAN2, str]:
    remarks: list[str] = []

    def load(path: Path, name: str) -> StyleGAN2:
        content = read_content(path, name)
        remarks.append(select_prior(content, name).remark())
        return prior_from(content, name)

    prior, origin = _load(weights, "stylegan2", load, options.weights)
    if prior.config.size != options.out_size:
        raise ValueError(
            f"{weights}: expected a prior of {options.out_size} pixels, as --out-size says, got one of "
            f"{prior.config.size}; use another prior or --out-size {prior.config.size}"
        )
    return prior, ", ".join(filter(None, (origin, *remarks)))


def _features(options: UpscalerOptions) -> tuple[nn.Module, str]:
    try:
        return _load(options.perceptual, "vgg16", load_vgg, options.weights)
    except MissingWeights as error:
        raise MissingWeights(f"{error}; or leave this loss out by --perceptual 0") from error


def _discriminator(weights: str, options: UpscalerOptions) -> tuple[StyleGAN2Discriminator, str]:
    discriminator, origin = _load(weights, "stylegan2", load_discriminator, options.weights)
    if discriminator.size != options.out_size:
        raise ValueError(
            f"{weights}: expected a discriminator of {options.out_size} pixels, got one of "
            f"{discriminator.size}"
        )
    return discriminator, origin


def _load(
    weights: str, kind: str, load: Callable[[Path, str], Network], folder: str | None
) -> tuple[Network, str]:
    """Load a network from a file or from named weights; return it with its source."""
    path = Path(weights)
    if path.suffix or path.is_file() or len(path.parts) > 1:
        if not path.is_file():
            raise MissingWeights(f"{weights}: expected a file of weights, found none")
        return load(path, path.name), f"{path.name} sha256:{sha256_of(str(path))}"
    found = find_weights(weights, folder)
    if found.network != kind:
        raise ValueError(f"{weights}: expected weights of {kind}, got those of {found.network}")
    licence = f", {found.metadata['licence']}" if "licence" in found.metadata else ""
    return load(found.path, weights), f"{weights} sha256:{found.sha256}{licence}"
