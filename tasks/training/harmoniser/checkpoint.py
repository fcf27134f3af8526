"""Checkpoints of a training of the harmoniser: written whole, and gone on from."""

from __future__ import annotations

import lightning

from models.rainnet.training import Harmonizer
from models.rainnet.training_state import decode_state, encode_state
from shards import storage


class Keeper(lightning.Callback):
    """Writes the training's state every so many steps, whole, and at the end."""

    def __init__(self, url: str, every: int, settings: dict[str, object]) -> None:
        self.url, self._every, self._settings = url, every, settings
        self.history: list[dict[str, float]] = []

    def resume(self, module: Harmonizer) -> int:
        """Go on where a checkpoint of this training ended; how many steps were done."""
        if not storage.exists(self.url):
            return 0
        state = decode_state(storage.read_bytes(self.url), self.url)
        other = sorted(
            name
            for name in {*state.settings, *self._settings}
            if state.settings.get(name) != self._settings.get(name)
        )
        if other:
            told = ", ".join(
                f"{name} {self._settings.get(name)} (there {state.settings.get(name)})" for name in other
            )
            raise ValueError(
                f"{self.url}: expected the checkpoint of an equal training, got one with other options: "
                f"{told}; take another folder, or remove it to train anew"
            )
        module.resume(state)
        self.history = list(state.history)
        return state.step

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        assert isinstance(pl_module, Harmonizer)  # noqa: S101
        last = pl_module.step == pl_module.schedule.steps
        if pl_module.step % self._every == 0 or last:
            self.history.append({"step": pl_module.step, **pl_module.take_losses()})
            self.write(pl_module)

    def write(self, module: Harmonizer) -> int:
        """Write the state after the last whole step; the number of steps that are done."""
        storage.write_bytes(self.url, encode_state(module.state(self._settings, self.history)))
        return module.step
