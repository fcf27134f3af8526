"""The best weights of a training so far, by pictures that are scored now and then."""

from __future__ import annotations

from collections.abc import Callable

import lightning
import torch

from models.segmenters.batches import Pictures
from models.segmenters.checkpoint import decode_segmenter, encode_segmenter
from models.segmenters.training import SegmenterTraining
from models.training_module import TrainingModule
from shards import storage
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.segmenter.evaluate import evaluate_segmenter
from tasks.training.step_callback import StepCallback

# The score of a row of the history.
SELECTION_SCORE = "selection_iou"


class SelectBest(StepCallback):
    """Scores ``pictures`` every ``every`` steps and at the end; writes the best weights to ``url``.

    ``pictures`` are this process's share; the counts of all are added up. The scores are rows of the
    checkpoint's history, so that a resumed training knows them. The earlier of two equal scores is kept.
    ``on_scored`` is called after each score, in the process that leads.
    """

    def __init__(
        self,
        url: str,
        pictures: Pictures,
        checkpoint: CheckpointCallback,
        *,
        variant: str,
        every: int,
        batch: int,
        on_scored: Callable[[SegmenterTraining], None],
    ) -> None:
        self._url, self._pictures = url, pictures
        self._checkpoint, self._variant = checkpoint, variant
        self._every, self._batch, self._on_scored = every, batch, on_scored

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        assert isinstance(module, SegmenterTraining)  # noqa: S101 (no other has these pictures)
        if module.step % self._every and module.step != module.steps:
            return
        score = self._score(module)
        before = best_row(self._checkpoint)
        self._checkpoint.history.append({"step": module.step, SELECTION_SCORE: score})
        if trainer.is_global_zero:
            if before is None or score > before[SELECTION_SCORE]:
                storage.write_bytes(self._url, encode_segmenter(module.network, self._variant))
            self._on_scored(module)

    def _score(self, module: SegmenterTraining) -> float:
        constant = torch.zeros_like(self._pictures.masks[:1]).long()
        device = str(module.device)
        score = evaluate_segmenter(module, self._pictures, constant, batch=self._batch, device=device)
        module.train()
        return score.face_iou


def load_best(url: str, checkpoint: CheckpointCallback, module: SegmenterTraining) -> int:
    """Load the best weights at ``url`` into the module's network; return the step that they are of."""
    row = best_row(checkpoint)
    if row is None or not storage.exists(url):
        raise FileNotFoundError(
            f"{url}: expected the best weights of this training, found none; use another --out"
        )
    best = decode_segmenter(storage.read_bytes(url), url)
    module.network.load_state_dict(best.state_dict())
    return int(row["step"])


def best_row(checkpoint: CheckpointCallback) -> dict[str, float] | None:
    """Return the history's row with the highest score, the first of equal ones; None without a score."""
    rows = [row for row in checkpoint.history if SELECTION_SCORE in row]
    return max(rows, key=lambda row: row[SELECTION_SCORE]) if rows else None
