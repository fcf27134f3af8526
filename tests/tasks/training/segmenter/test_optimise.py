"""Learning rates, parameter groups and losses are those that the schedule names."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from manifests.recipes.train.schedule import OptimiserChoice, load_schedule
from models.segmenters.losses.cross_entropy import HardPixels, binary_loss, softmax_loss
from models.segmenters.losses.hard_binary import ohem_bce
from models.segmenters.network import FaceSegmenter
from tasks.training.segmenter.optimise import configure, loss_of, parameter_groups, rate_factor


class Normed(FaceSegmenter):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
        self.head = nn.Conv2d(4, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.backbone(images))  # type: ignore[no-any-return]


def _rate(step: int, architecture: str, steps: int = 30_000) -> float:
    choice = load_schedule("voo").optimiser_for(architecture)
    return choice.learning_rate * rate_factor(step, steps=steps, choice=choice, epoch=10)


def test_the_rates_of_voo() -> None:
    assert _rate(0, "pspnet") == pytest.approx(0.01)
    assert _rate(15_000, "pspnet") == pytest.approx(1e-4 + (0.01 - 1e-4) * 0.5**0.9)
    assert _rate(30_000, "pspnet") == pytest.approx(1e-4)
    assert _rate(0, "segformer") == pytest.approx(6e-5 / 1501)
    assert _rate(1500, "segformer") == pytest.approx(6e-5 * (1 - 1500 / 30_000))
    # A tenth of a short training.
    assert _rate(10, "segformer", steps=100) == pytest.approx(6e-5 * 0.9)


def test_faceocc_is_slower_after_twenty_epochs() -> None:
    choice = load_schedule("faceocc").optimiser
    rates = [1e-4 * rate_factor(step, steps=300, choice=choice, epoch=10) for step in (0, 199, 200, 299)]
    assert rates == pytest.approx([1e-4, 1e-4, 1e-5, 1e-5])


def test_heads_are_faster_and_norms_do_not_decay() -> None:
    network = Normed()
    groups = parameter_groups(network, load_schedule("voo").optimiser_for("segformer"))
    found = {id(value): group for group in groups for value in group["params"]}  # type: ignore[attr-defined]
    assert len(found) == len(list(network.parameters()))
    expected = {
        "backbone.0.weight": (6e-5, 0.01),
        "backbone.1.weight": (6e-5, 0.0),
        "head.bias": (6e-4, 0.01),
    }
    for name, value in network.named_parameters():
        if name in expected:
            group = found[id(value)]
            assert (group["lr"], group["weight_decay"]) == pytest.approx(expected[name]), name


@pytest.mark.parametrize(("kind", "wanted"), [("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW")])
def test_the_optimiser_is_of_its_kind(kind: str, wanted: str) -> None:
    choice = OptimiserChoice(kind=kind, learning_rate=0.01, decay="one-cycle")  # type: ignore[arg-type]
    found = configure(Normed(), 10, choice=choice, epoch=1)
    assert type(found["optimizer"]).__name__ == wanted  # type: ignore[index,call-overload]


def test_the_losses_of_the_schedules() -> None:
    generator = torch.Generator().manual_seed(0)
    main, auxiliary = (torch.randn(2, 2, 8, 8, generator=generator) for _ in range(2))
    labels = torch.randint(0, 2, (2, 8, 8), generator=generator)
    hard = HardPixels(threshold=0.7, min_kept=10_000)
    found = loss_of((main, auxiliary), labels, choice=load_schedule("voo").loss)
    assert found == softmax_loss(main, labels, hard) + 0.4 * softmax_loss(auxiliary, labels)
    one, other = main[:, :1], auxiliary[:, :1]
    found = loss_of((one, other), labels, choice=load_schedule("voo-bce").loss)
    assert found == binary_loss(one, labels, hard) + 0.4 * binary_loss(other, labels)
    assert loss_of((one,), labels, choice=load_schedule("faceocc").loss) == ohem_bce(one, labels[:, None])
