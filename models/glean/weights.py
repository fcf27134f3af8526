"""Load GLEAN and its prior from published weights."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.checkpoints.read import CheckpointSource, named, read_content
from models.checkpoints.select import Selection, select, unwrapped
from models.glean.network import GLEAN, GLEANConfig
from models.stylegan2.network import StyleGAN2, StyleGAN2Config


def load_glean(source: CheckpointSource, name: str | None = None) -> GLEAN:
    """Load a GLEAN checkpoint of MMEditing, on the CPU, in eval mode (specs 3.3).

    ``source`` is the file's path or its bytes; error messages start with ``name``. All sizes
    follow from the tensor shapes. Raises FileNotFoundError, and ValueError unless the file holds
    exactly the tensors of GLEAN, with or without its discriminator and loss.
    """
    name = named(source, name)
    return glean_from(read_content(source, name), name)


def glean_from(content: object, name: str = "checkpoint") -> GLEAN:
    """Build GLEAN from the content of a file; the tensors stay on their device."""
    state = unwrapped(content, ["encoder.0.1.weight"], name)
    config = infer_glean(state, name)
    return build_strict(lambda: GLEAN(config), state, name)


def load_prior(source: CheckpointSource, name: str | None = None) -> StyleGAN2:
    """Load a published StyleGAN2 generator; averaged weights are preferred (specs 3.2)."""
    name = named(source, name)
    return prior_from(read_content(source, name), name)


def prior_from(content: object, name: str = "checkpoint") -> StyleGAN2:
    """Build the prior from the content of a file; the tensors stay on their device."""
    state = select_prior(content, name).tensors
    config = infer_prior(state, name)
    return build_strict(lambda: StyleGAN2(config), state, name)


def select_prior(content: object, name: str = "checkpoint") -> Selection:
    """The tensors of the prior in the content of a file, and what lies beside them."""
    return select(content, ["constant_input.input"], name)


def infer_prior(
    state: Mapping[str, Tensor], name: str = "checkpoint", *, prefix: str = ""
) -> StyleGAN2Config:
    """Infer the widths from the shapes; the prior's names start with ``prefix``.

    Raises ValueError for other tensors.
    """
    doublings = count(state, f"{prefix}convs.", ".conv.weight_orig") // 2
    # Each doubling has two layers; the first changes the width.
    layers = ["conv1", *(f"convs.{2 * step}" for step in range(doublings))]
    return StyleGAN2Config(
        channels=tuple(shape(state, f"{prefix}{layer}.conv.weight_orig", 5, name)[1] for layer in layers),
        styles=shape(state, f"{prefix}style_mapping.1.linear.weight_orig", 2, name)[0],
        mapping_layers=count(state, f"{prefix}style_mapping.", ".linear.weight_orig"),
    )


def infer_glean(state: Mapping[str, Tensor], name: str = "checkpoint") -> GLEANConfig:
    """Infer all sizes from the shapes. Raises ValueError for other tensors and for inconsistent shapes."""
    prior = infer_prior(state, name, prefix="generator.")
    # Each block halves the size, down to 4 pixels; one more block makes the latents.
    last = count(state, "encoder.", ".0.weight")
    in_size = 2 << last
    rows = shape(state, f"encoder.{last}.3.weight", 2, name)[0]
    if rows != prior.layers * prior.styles:
        raise ValueError(
            f"{name}: expected {prior.layers} latents of {prior.styles} for a prior of {prior.size} pixels, "
            f"got {rows} values from the encoder; use a file whose parts belong together"
        )
    if not 4 <= in_size < prior.size:
        raise ValueError(
            f"{name}: expected pictures of 4 to {prior.size // 2} pixels for this prior, got {in_size}"
        )
    head = f"decoder.{count(state, 'decoder.', '.upsample_conv.weight')}.0.weight"
    return GLEANConfig(
        in_size=in_size,
        prior=prior,
        blocks=count(state, "encoder.0.0.body.", ".rdb1.conv1.weight"),
        width=shape(state, "encoder.0.0.conv_first.weight", 4, name)[0],
        growth=shape(state, "encoder.0.0.body.0.rdb1.conv1.weight", 4, name)[0],
        head=shape(state, head, 4, name)[0],
    )
