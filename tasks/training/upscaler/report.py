"""The report of an upscaler's training, and its output files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import torch

from models.checkpoints.safetensors_io import encode_network
from models.glean.network import GLEAN
from natocc.codecs import encode_png_rgb
from shards import storage
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.report import TrainingReport, encode_metrics
from tasks.training.upscaler.metrics import Quality, Restored, mean_quality, preview_sheet, restore
from tasks.training.upscaler.options import UpscalerOptions
from tasks.training.upscaler.photos_folder import Photo, Photos

_WEIGHTS, _METRICS, _PREVIEWS = "upscaler.safetensors", "metrics.json", "previews.png"
TRAINING, HELD_OUT = "training", "held out"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerScore:
    """Mean quality over photographs, of the network and of bicubic enlargement of the same crops."""

    pictures: int
    network: Quality
    bicubic: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerReport(TrainingReport):
    """``scores`` of ``training`` and of ``held out`` photographs.

    ``previews`` is a URL, or None if no photograph is held out. ``facts`` describe the origin of the
    weights.
    """

    previews: str | None
    scores: Mapping[str, UpscalerScore]
    facts: Mapping[str, str]
    # Missing data, and files that were left out or converted.
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """Return the scores: one row for training photographs, one for held-out photographs."""
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
    settings: Mapping[str, str],
    *,
    checkpoint: CheckpointCallback,
    resumed: int,
) -> UpscalerReport:
    """Score the network on its device, then write weights, metrics and previews to ``out``."""
    restored = _restore(photos, options, network)
    scores = {name: _score(found) for name, found in restored.items() if found}
    facts = _facts(photos, network, settings)
    shown = restored[HELD_OUT]
    report = UpscalerReport(
        weights=storage.join(out, _WEIGHTS),
        metrics=storage.join(out, _METRICS),
        previews=storage.join(out, _PREVIEWS) if shown else None,
        state=checkpoint.url,
        steps=options.steps,
        resumed=resumed,
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
        "losses": checkpoint.history,
        "held_out": [_row(photograph) for photograph in shown],
    }
    storage.write_bytes(report.metrics, encode_metrics(figures))
    storage.write_bytes(report.weights, encode_network(network.state_dict(), facts))
    return report


def _restore(photos: Photos, options: UpscalerOptions, network: GLEAN) -> dict[str, tuple[Restored, ...]]:
    """Restore training photographs and held-out photographs."""
    network.eval()
    device = next(network.parameters()).device
    # Hash order mixes kinds; name order would not. Held-out photographs are also chosen in hash order.
    by_hash = sorted(photos.training, key=lambda photo: photo.sha256)
    chosen: dict[str, Sequence[Photo]] = {
        TRAINING: by_hash[: max(1, options.held_out)],
        HELD_OUT: photos.held_out,
    }
    return {
        name: tuple(restore(photos, found, network, options.sizes, options.degradation, device=device))
        for name, found in chosen.items()
    }


def _score(restored: Sequence[Restored]) -> UpscalerScore:
    return UpscalerScore(
        pictures=len(restored),
        network=mean_quality([photograph.network for photograph in restored]),
        bicubic=mean_quality([photograph.bicubic for photograph in restored]),
    )


def _facts(photos: Photos, network: GLEAN, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the header of the weights."""
    terms = ["that of the photographs learnt from", *(photos.licences or ("not stated",))]
    facts = {"network": "glean", **settings, "licence": "; ".join(terms)}
    device = next(network.parameters()).device.type
    return facts | {"torch": str(torch.__version__), "device": device}


def _row(restored: Restored) -> dict[str, object]:
    degradation = restored.pair.degradation
    return {
        "photograph": restored.photo.name,
        "crop": asdict(restored.pair.crop),
        "degradation": asdict(degradation) if degradation else "bicubic",
        "network": asdict(restored.network),
        "bicubic": asdict(restored.bicubic),
    }
