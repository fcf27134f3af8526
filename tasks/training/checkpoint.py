"""The state file of a training: written periodically, checked, and used to resume."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import lightning

from models.not_finite import Diverged
from models.training_module import TrainingModule
from shards import storage
from tasks.training.state import TrainingState, decode_state, encode_state
from tasks.training.step_callback import StepCallback

# Most rows of the loss history of a whole training.
_ROWS = 100


class OtherTraining(ValueError):
    """The state file belongs to a training with other settings, ``names``."""

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = tuple(names)


class CheckpointCallback(StepCallback):
    """Writes the state to ``url`` every ``every`` steps and at the end, and records the losses.

    The weights depend on ``settings`` alone. A state with other settings is never resumed.
    """

    def __init__(self, url: str, *, every: int, settings: Mapping[str, object]) -> None:
        self.url, self._every, self._settings = url, every, dict(settings)
        # Each row has a step and the mean losses since the previous row.
        self.history: list[dict[str, float]] = []
        self._resumed: TrainingState | None = None
        # Finished steps in the last written state.
        self._written: int | None = None

    @property
    def has_state(self) -> bool:
        """Whether a state was resumed or written, so that one lies at the URL."""
        return self._written is not None

    def resume(self, module: TrainingModule) -> int:
        """Load weights and step of an existing state file into the module; return the finished steps.

        The optimisers are loaded when the training starts. Raises ValueError for the state of another
        training, and Diverged for a state that is not finite.
        """
        if not storage.exists(self.url):
            return 0
        state = decode_state(storage.read_bytes(self.url), self.url)
        self._check_settings(state)
        if broken := state.not_finite():
            raise Diverged(
                f"{self.url}: expected finite weights, got NaN or infinity in the {broken}; "
                f"{module.if_diverged} and another --out"
            )
        networks = module.trained_networks()
        try:
            for name in networks.keys() | state.networks.keys():
                networks[name].load_state_dict(dict(state.networks[name]))
        except (KeyError, RuntimeError) as error:
            raise ValueError(f"{self.url}: expected the weights of these networks, got {error}") from error
        module.step = state.step
        module.loss_sums, module.summed_steps = dict(state.loss_sums), state.summed_steps
        self.history = [dict(row) for row in state.history]
        self._resumed, self._written = state, state.step
        return state.step

    def on_fit_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        if self._resumed is None:
            return
        for optimiser, state in zip(trainer.optimizers, self._resumed.optimisers, strict=True):
            optimiser.load_state_dict(dict(state))
        for config, state in zip(trainer.lr_scheduler_configs, self._resumed.schedules, strict=True):
            config.scheduler.load_state_dict(dict(state))
        self._resumed = None

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        last = module.step == module.steps
        if last or module.step % math.ceil(module.steps / _ROWS) == 0:
            self.history.append({"step": module.step, **module.take_mean_losses()})
        if last or module.step % self._every == 0:
            self.write(trainer, module)

    def write(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        """Write the state after the last whole step. Raises Diverged if it is not finite."""
        if self._written == module.step:
            return
        state = TrainingState(
            step=module.step,
            settings=self._settings,
            networks={name: network.state_dict() for name, network in module.trained_networks().items()},
            optimisers=[optimiser.state_dict() for optimiser in trainer.optimizers],
            schedules=[config.scheduler.state_dict() for config in trainer.lr_scheduler_configs],
            loss_sums=module.loss_sums,
            summed_steps=module.summed_steps,
            history=self.history,
        )
        # Losses are checked before a step's update, so the updated weights are not checked yet.
        if broken := state.not_finite():
            raise Diverged(
                f"step {module.step}: expected finite weights, got NaN or infinity in the {broken}; "
                f"{module.if_diverged}"
            )
        if trainer.is_global_zero:
            storage.write_bytes(self.url, encode_state(state))
        self._written = module.step

    def _check_settings(self, state: TrainingState) -> None:
        ours, theirs = self._settings, state.settings
        names = [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]
        if names:
            differences = ", ".join(f"{name} {theirs.get(name)} (now {ours.get(name)})" for name in names)
            raise OtherTraining(
                f"{self.url}: expected the state of this training, got that of another: {differences}; "
                "use another --out, or remove the file to train from the start",
                names,
            )
