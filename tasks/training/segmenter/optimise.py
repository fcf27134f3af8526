"""A schedule's optimiser, learning rates and loss, as a training takes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from manifests.recipes.train.schedule import LossChoice, OptimiserChoice
from models.segmenters.losses.cross_entropy import HardPixels, binary_loss, softmax_loss
from models.segmenters.losses.hard_binary import ohem_bce
from models.segmenters.network import FaceSegmenter

_NORMS = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)


def configure(
    network: FaceSegmenter, steps: int, *, choice: OptimiserChoice, epoch: int
) -> OptimizerLRScheduler:
    """Return the optimiser and its rates from step to step; ``epoch`` is the number of steps of one."""
    groups = parameter_groups(network, choice)
    rate, decay = choice.learning_rate, choice.weight_decay
    optimiser: torch.optim.Optimizer
    if choice.kind == "sgd":
        optimiser = torch.optim.SGD(groups, lr=rate, momentum=choice.momentum, weight_decay=decay)
    else:
        kind = torch.optim.Adam if choice.kind == "adam" else torch.optim.AdamW
        optimiser = kind(groups, lr=rate, weight_decay=decay)
    schedule: torch.optim.lr_scheduler.LRScheduler
    if choice.decay == "one-cycle":
        highest = [float(group["lr"]) for group in optimiser.param_groups]
        # A rise of exactly one step would have no length.
        rise = 0.2 if steps == 10 else 0.1
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=highest, total_steps=steps, pct_start=rise
        )
    else:
        factor = partial(rate_factor, steps=steps, choice=choice, epoch=epoch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
    return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def rate_factor(step: int, *, steps: int, choice: OptimiserChoice, epoch: int) -> float:
    """Return the learning rate of ``step``, from 0, as a share of the first rate."""
    if choice.decay == "late":
        return 1.0 if step < choice.later_epoch * epoch else choice.later_rate / choice.learning_rate
    floor = choice.floor / choice.learning_rate
    factor = float((1 - floor) * (1 - min(step / steps, 1)) ** choice.power + floor)
    warm_up = min(choice.warm_up, steps // 10)
    return factor * (step + 1) / (warm_up + 1) if step < warm_up else factor


def parameter_groups(network: FaceSegmenter, choice: OptimiserChoice) -> list[dict[str, object]]:
    """Return the trained parameters by learning rate and weight decay, without empty groups."""
    undecayed = set()
    if not choice.decay_norms:
        norms = (module for module in network.modules() if isinstance(module, _NORMS))
        undecayed = {id(value) for module in norms for value in module.parameters()}
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, value in network.named_parameters():
        if not value.requires_grad:
            continue
        position = not choice.decay_norms and "pos_embed" in name
        decay = 0.0 if position or id(value) in undecayed else choice.weight_decay
        factor = 1.0 if name.startswith("backbone.") else choice.head_factor
        groups.setdefault((choice.learning_rate * factor, decay), []).append(value)
    return [{"params": values, "lr": rate, "weight_decay": decay} for (rate, decay), values in groups.items()]


def loss_of(scores: Sequence[Tensor], labels: Tensor, *, choice: LossChoice) -> Tensor:
    """Return a schedule's loss; that of auxiliary heads counts all pixels."""
    main, *others = scores
    if choice.kind == "faceocc":
        assert choice.hard_below is not None  # noqa: S101 (the schedule has it)
        loss = ohem_bce(main, labels[:, None], threshold=choice.hard_below, min_kept=choice.min_kept)
    else:
        hard = None
        if choice.hard_below is not None and choice.min_kept is not None:
            hard = HardPixels(threshold=choice.hard_below, min_kept=choice.min_kept)
        loss = (softmax_loss if choice.kind == "softmax" else binary_loss)(main, labels, hard)
    for other in others:
        loss = loss + choice.auxiliary * (softmax_loss if other.shape[1] > 1 else binary_loss)(other, labels)
    return loss
