"""Options of an upscaler's training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from natocc.kinds import ENTRY_KINDS
from natocc.machine import Device, FullRangePrecision
from tasks.inputs import BankUrl, OutUrl, folder_of
from tasks.options import Count, HelpWords, Names, Options, Seed, Wait, WeightsFolder, cross_check

# Networks are imported on use, so that commands can list these options without torch.
if TYPE_CHECKING:
    from models.glean.network import GLEANConfig
    from models.glean.training import GLEANLossWeights
    from models.stylegan2.network import StyleGAN2Config
    from tasks.training.upscaler.batches import Sizes

# Sides (in, out) in pixels: GLEAN's published pairs and pairs with factor four (specs 3.1).
PUBLISHED_SIZES = ((16, 256), (32, 256), (64, 256), (128, 512), (64, 1024), (128, 1024), (256, 1024))
# Smallest output side in pixels; SSIM uses windows of 11 pixels.
_LEAST_SIZE = 16
# Options that do not affect the weights: locations of files, and speed.
_WITHOUT_BEARING = ("every", "threads", "device", "weights", "prior_weights", "discriminator_weights")
# Keys of options in state files and headers of weights.
_RECORDED_AS = {"train_prior": "train_bank", "prior_width": "bank_width"}


class UpscalerOptions(Options):
    """Training options of GLEAN; the defaults are the published values; widths allow smaller networks."""

    in_size: int = Field(64, description="Side of the small pictures, a power of two.")
    out_size: Annotated[int, Field(ge=_LEAST_SIZE)] = Field(
        256, description="Side of what is made of them, a power of two."
    )
    prior_weights: str | None = Field(
        None,
        description="The frozen prior: a StyleGAN2 of out-size pixels, by name or file.",
    )
    train_prior: bool = Field(False, description="Train a prior along, where none is at hand.")
    discriminator_weights: Annotated[str | None, HelpWords("a new one")] = Field(
        None, description="File with StyleGAN2's discriminator, such as that of the prior."
    )
    perceptual: Literal["vgg16", "0"] = Field("vgg16", description="Perceptual loss; 0: none.")
    adversarial: Annotated[float, Field(ge=0)] = Field(
        1e-2, description="Weight of the adversarial loss; 0: without a discriminator."
    )
    degradation: Literal["bicubic", "blind"] = Field(
        "bicubic", description="How small pictures are made; blind: with blur, noise and JPEG too."
    )
    steps: Count = Field(300_000, description="Training steps.")
    batch: Count = Field(8, description="Pictures a step.")
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = Field(
        1e-4, description="Adam's at first; falls along a cosine."
    )
    seed: Seed = Field(0, description="Decides weights, order, crops and degradations.")
    precision: FullRangePrecision = Field("float32", description="What the networks compute in.")
    prior_width: Count = Field(
        512, description="Channels at 4 to 64 pixels of a prior that is trained along, halved beyond."
    )
    blocks: Count = Field(23, description="Blocks of the encoder.")
    width: Count = Field(64, description="Channels of the encoder.")
    growth: Count = Field(32, description="Channels that each convolution of a block adds.")
    head: Count = Field(64, description="Channels before the last convolution.")
    held_out: Annotated[int, Field(ge=0)] = Field(16, description="Photographs that are tested on alone.")
    every: Count = Field(1000, description="Steps from one saved state to the next.")
    threads: Count = Field(4, description="Threads that read photographs ahead.")
    device: Device = Field("auto", description="Where it runs.")
    weights: WeightsFolder = None

    former_names: ClassVar = {
        "bank_weights": "prior_weights",
        "train_bank": "train_prior",
        "bank_width": "prior_width",
    }

    @cross_check("out_size")
    def _power_of_two(self) -> str | None:
        if self.out_size & (self.out_size - 1):
            return f"expected a power of two, got {self.out_size}"
        return None

    @cross_check("in_size", "out_size", at="in_size")
    def _smaller_before(self) -> str | None:
        if self.out_size & (self.out_size - 1):
            return None
        try:
            self.config(self.prior_config())
        except ValueError as error:
            return str(error).removeprefix("in_size: ")
        return None

    @cross_check("prior_weights", "train_prior")
    def _one_prior(self) -> str | None:
        if self.train_prior != (self.prior_weights is not None):
            return None
        given = "both" if self.train_prior else "neither"
        return (
            "expected the name or file of a StyleGAN2 (natocc weights list "
            "names some), or --train-prior to train one along, which is not what is published; "
            f"got {given}"
        )

    @cross_check("discriminator_weights", "adversarial", at="discriminator_weights")
    def _discriminator_with_its_loss(self) -> str | None:
        if not self.discriminator_weights or self.adversarial:
            return None
        return "expected an adversarial loss above 0 beside it, got 0"

    @property
    def sizes(self) -> Sizes:
        from tasks.training.upscaler.batches import Sizes

        return Sizes(small=self.in_size, large=self.out_size)

    @property
    def losses(self) -> GLEANLossWeights:
        from models.glean.training import GLEANLossWeights

        perceptual = GLEANLossWeights().perceptual if self.perceptual != "0" else 0.0
        return GLEANLossWeights(perceptual=perceptual, adversarial=self.adversarial)

    def prior_config(self) -> StyleGAN2Config:
        """Return the widths of a trainable prior: the published widths scaled by ``prior_width``."""
        from models.stylegan2.network import StyleGAN2Config

        whole = StyleGAN2Config.published(self.out_size)
        widths = tuple(max(1, width * self.prior_width // 512) for width in whole.channels)
        return StyleGAN2Config(channels=widths, styles=self.prior_width)

    def config(self, prior: StyleGAN2Config) -> GLEANConfig:
        """Return the configuration of the network with this prior."""
        from models.glean.network import GLEANConfig

        return GLEANConfig(
            in_size=self.in_size,
            prior=prior,
            blocks=self.blocks,
            width=self.width,
            growth=self.growth,
            head=self.head,
        )

    def cache_fields(self) -> dict[str, str]:
        """Return the options that affect the weights, as text, under the keys used in files."""
        names = (name for name in type(self).model_fields if name not in _WITHOUT_BEARING)
        return {_RECORDED_AS.get(name, name): str(getattr(self, name)) for name in names}


class UpscalerJob(UpscalerOptions):
    """Training options with photographs and output folder."""

    out: OutUrl = Field(description="Folder or URL for weights, figures, previews and state.")
    wait: Wait = False
    photos: Annotated[str, folder_of("photographs")] | None = Field(
        None, description="Folder of photographs, with all folders in it."
    )
    bank: BankUrl | None = Field(None, description="Bank to train on; other splits than train are held out.")
    kinds: Names = Field(
        ("face", "object"), description=f"Kinds of the bank's entries to take: {', '.join(ENTRY_KINDS)}."
    )

    former_names: ClassVar = {**UpscalerOptions.former_names, "kind": "kinds"}

    @cross_check("kinds")
    def _known_kinds(self) -> str | None:
        return kinds_problem(self.kinds)

    @cross_check("photos", "bank")
    def _one_source(self) -> str | None:
        return photo_source_problem(self.photos, self.bank)


def kinds_problem(kinds: Sequence[str]) -> str | None:
    """The problem of kinds of entries: unknown ones, or none."""
    unknown = sorted(set(kinds) - set(ENTRY_KINDS))
    if kinds and not unknown:
        return None
    return f"--kinds: expected some of {', '.join(ENTRY_KINDS)}, got {', '.join(unknown) or 'none'}"


def photo_source_problem(photos: str | None, bank: str | None) -> str | None:
    """The problem of both sources or neither."""
    if (photos is None) != (bank is None):
        return None
    given = "none" if photos is None else "both"
    return f"--photos, --bank: expected either --photos DIR or --bank URL, got {given}"
