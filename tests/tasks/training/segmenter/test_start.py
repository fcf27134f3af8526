from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.segmenters.pretrained import backbone_of_segmenter
from models.segmenters.training import batch_norms
from models.segmenters.variants import new_segmenter
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.start import new_training, start_segmenter


def _problem(**options: object) -> str:
    given = SegmenterOptions(device="cpu", **options)
    schedule = given.full_schedule()
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        new_training(start_segmenter(given, schedule).network, given, schedule, pictures=4)
    return str(caught.value)


def test_a_backbone_file_fills_the_backbone_and_is_named(tmp_path: Path) -> None:
    torch.manual_seed(7)
    backbone = backbone_of_segmenter(new_segmenter("unet-resnet18"))
    assert backbone is not None
    file = tmp_path / "resnet18.pth"
    torch.save(backbone.state_dict(), file)
    options = SegmenterOptions(network="unet-resnet18", backbone=str(file))
    started = start_segmenter(options, options.full_schedule())
    loaded = backbone_of_segmenter(started.network)
    assert loaded is not None
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[name]), name
    assert started.started_from.startswith("resnet18.pth (ImageNet, ")
    plain = options.replaced(backbone="none")
    assert start_segmenter(plain, plain.full_schedule()).started_from == "scratch"


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    assert _problem(network="pspnet-resnet18", batch=2, accumulate=2) == (
        "--batch: expected at least 2 pictures a pass of a process for the batch norm of pspnet-resnet18, got 1; "
        "use a larger batch, or --freeze-norms"
    )
    assert _problem(batch=5, processes=2).startswith("--batch: expected a multiple of 2")
    assert "expected a file or the name of weights" in _problem(backbone=str(tmp_path / "no.pth"))
    assert "efficientnet-lite9" in _problem(backbone="efficientnet-lite9", weights=str(tmp_path))


def test_softmax_has_two_classes_and_voo_its_optimisers() -> None:
    options = SegmenterOptions(schedule="voo")
    assert start_segmenter(options, options.full_schedule()).network.classes == 2
    assert SegmenterOptions(schedule="voo", learning_rate=0.5).full_schedule().optimiser.kind == "sgd"
    segformer = SegmenterOptions(network="segformer-b0", schedule="voo", learning_rate=0.5).full_schedule()
    assert (segformer.optimiser.kind, segformer.optimiser.learning_rate) == ("adamw", 0.5)


@pytest.mark.parametrize("freeze", [True, False])
def test_batch_norms_are_frozen_from_the_first_step(freeze: bool) -> None:
    options = SegmenterOptions(network="unet-resnet18", freeze_norms=freeze)
    schedule = options.full_schedule()
    module = new_training(start_segmenter(options, schedule).network, options, schedule, pictures=4)
    norms = batch_norms(module.network)
    assert norms and all(norm.training is not freeze for norm in norms) and module.training
