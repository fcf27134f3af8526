"""What a trained upscaler is worth, and the files that it is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import torch

from models.checkpoints.safetensors_io import encode_network
from models.glean.network import GLEAN
from natocc.codecs import encode_png_rgb
from shards import storage
from tasks.training.upscaler.metrics import Quality, Restored, mean_quality, preview_sheet, restore
from tasks.training.upscaler.options import UpscalerOptions
from tasks.training.upscaler.photos_folder import Photos

WEIGHTS, METRICS, PREVIEWS = "upscaler.safetensors", "metrics.json", "previews.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Means over photographs: the network's and, of the same crops, bicubic enlargement's."""

    pictures: int
    network: Quality
    bicubic: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerReport:
    """What a training ended with; ``scores`` of ``training`` photographs and of ``held out`` ones.

    ``previews`` is None where no photograph is held out. ``resumed_at`` is the step that it went on from.
    """

    weights: str
    metrics: str
    previews: str | None
    steps: int
    resumed_at: int
    trained_on: int
    scores: Mapping[str, Score]
    facts: Mapping[str, str]
    # What is lacking, and which files were left out or converted.
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """The figures, one row for those trained on and one for those held out."""
        return [
            {
                "photographs": name,
                "pictures": score.pictures,
                "psnr": score.network.psnr,
                "bicubic psnr": score.bicubic.psnr,
                "ssim": score.network.ssim,
                "bicubic ssim": score.bicubic.ssim,
            }
            for name, score in self.scores.items()
        ]


def write_report(
    photos: Photos,
    out: str,
    options: UpscalerOptions,
    network: GLEAN,
    made_from: Mapping[str, str],
    *,
    history: Sequence[Mapping[str, float]],
    resumed_at: int,
) -> UpscalerReport:
    """Score the network on its device, then write weights, figures and previews to ``out``."""
    network.eval()
    device = next(network.parameters()).device
    by_hash = sorted(photos.training, key=lambda photo: photo.sha256)
    restored = {
        name: tuple(restore(photos, chosen, network, options.sizes, options.degradation, device=device))
        for name, chosen in (
            # As many, and by hash as well: names would bring one kind alone.
            ("training", by_hash[: max(1, options.held_out)]),
            ("held out", photos.held_out),
        )
    }
    scores = {
        name: Score(
            pictures=len(found),
            network=mean_quality([one.network for one in found]),
            bicubic=mean_quality([one.bicubic for one in found]),
        )
        for name, found in restored.items()
        if found
    }
    shown = restored["held out"]
    terms = ["that of the photographs learnt from", *(photos.licences or ("not stated",))]
    facts = {"network": "glean", **made_from, "licence": "; ".join(terms)}
    facts |= {"torch": str(torch.__version__), "device": device.type}
    report = UpscalerReport(
        weights=storage.join(out, WEIGHTS),
        metrics=storage.join(out, METRICS),
        previews=storage.join(out, PREVIEWS) if shown else None,
        steps=options.steps,
        resumed_at=resumed_at,
        trained_on=len(photos.training),
        scores=scores,
        facts=facts,
        notes=photos.notes,
        problems=tuple(str(problem) for problem in photos.problems),
    )
    if report.previews:
        title = "small picture | bicubic | network | photograph, none of them trained on"
        storage.write_bytes(report.previews, encode_png_rgb(preview_sheet(shown, title)))
    figures = {
        "facts": facts,
        "scores": {name: asdict(score) for name, score in scores.items()},
        "notes": photos.notes,
        "trained_on": report.trained_on,
        "left_out_or_converted": report.problems,
        "losses": history,
        "held_out": [_row(one) for one in shown],
    }
    storage.write_bytes(report.metrics, json.dumps(figures, indent=1, sort_keys=True).encode())
    storage.write_bytes(report.weights, encode_network(network.state_dict(), facts))
    return report


def _row(one: Restored) -> dict[str, object]:
    return {
        "photograph": one.photo.name,
        "crop": asdict(one.pair.crop),
        "degradation": asdict(one.pair.degradation) if one.pair.degradation else "bicubic",
        "network": asdict(one.network),
        "bicubic": asdict(one.bicubic),
    }
