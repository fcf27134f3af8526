"""Quality of an upscaler on photographs, compared with bicubic enlargement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import nn

from natocc.geometry import Image
from natocc.randomness import Streams
from natocc.resize.bicubic import resize_bicubic
from tasks.contact_sheet import Strip, compose_sheet
from tasks.training.upscaler.batches import STREAM, DegradedPair, Sizes, as_images, as_tensor, make_pair
from tasks.training.upscaler.degradation import DegradationKind
from tasks.training.upscaler.photos_folder import Photo, Photos

# Number of pictures in the sheet, and the sides of its tiles.
_SHOWN, _SIDES = 12, (128, 256)
# Upper limit: equal pictures have an infinite PSNR.
_BEST_PSNR = 99.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """PSNR in dB and SSIM (Wang et al. 2004) of 8-bit RGB pictures."""

    psnr: float
    ssim: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restored:
    """One photograph, its small picture, both enlargements, and their quality."""

    photo: Photo
    pair: DegradedPair
    made: Image
    enlarged: Image
    network: Quality
    bicubic: Quality


def restore(
    photos: Photos,
    chosen: Sequence[Photo],
    network: nn.Module,
    sizes: Sizes,
    kind: DegradationKind,
    *,
    device: torch.device,
) -> Iterator[Restored]:
    """Restore a crop of each photograph; crop and degradation depend on the photograph, not on the seed."""
    for photo in chosen:
        pair = make_pair(photo, photos.read, sizes, kind, Streams(0, f"{STREAM} held out", photo.sha256))
        with torch.inference_mode():
            made = as_images(network(as_tensor([pair.small]).to(device)))[0]
        enlarged = resize_bicubic(pair.small, sizes.large, sizes.large)
        yield Restored(
            photo=photo,
            pair=pair,
            made=made,
            enlarged=enlarged,
            network=quality(made, pair.large),
            bicubic=quality(enlarged, pair.large),
        )


def quality(made: Image, real: Image) -> Quality:
    """Return the quality of a picture compared with the real picture; PSNR is at most 99 dB."""
    same = np.array_equal(made, real)
    return Quality(
        psnr=_BEST_PSNR if same else float(peak_signal_noise_ratio(real, made)),  # type: ignore[no-untyped-call]
        ssim=float(
            structural_similarity(  # type: ignore[no-untyped-call]
                real, made, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
            )
        ),
    )


def mean_quality(found: Sequence[Quality]) -> Quality:
    """Return the mean PSNR and SSIM, rounded to three and four decimals."""
    psnr, ssim = fmean(each.psnr for each in found), fmean(each.ssim for each in found)
    return Quality(psnr=round(psnr, 3), ssim=round(ssim, 4))


def preview_sheet(restored: Sequence[Restored], title: str) -> Image:
    """Draw the first twelve as rows of small picture, bicubic enlargement, network and photograph."""
    side = min(max(_SIDES[0], restored[0].pair.large.shape[0]), _SIDES[1])
    strips = []
    for photograph in restored[:_SHOWN]:
        factor = photograph.pair.large.shape[0] // photograph.pair.small.shape[0]
        blocks = photograph.pair.small.repeat(factor, axis=0).repeat(factor, axis=1)
        figures = f"bicubic {photograph.bicubic.psnr:.2f} dB, network {photograph.network.psnr:.2f} dB"
        caption = f"{figures}: {photograph.photo.name}"
        pictures = (blocks, photograph.enlarged, photograph.made, photograph.pair.large)
        strips.append(Strip(pictures=pictures, caption=caption))
    return compose_sheet(strips, title, side=side, columns=1 if len(strips) < 4 else 2)
