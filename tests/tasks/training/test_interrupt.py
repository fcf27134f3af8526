"""A training that is told to stop keeps its last whole step, and goes on as if it had never stopped."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from models.glean.training import Losses
from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.scenes import Item, Scene
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.train import train_harmonizer
from tasks.training.interrupt import SIGNALS, Stopped
from tasks.training.upscaler.photos_folder import Photos, photos_in_folder
from tasks.training.upscaler.train import train_upscaler
from tests.harmonizer_photos import photo_folders
from tests.upscaler_training import one_thread, photographs, tiny

__all__ = ["one_thread"]
pytestmark = pytest.mark.usefixtures("one_thread")


def _photos(folder: Path) -> Photos:
    return photos_in_folder(photographs(folder / "photos"), least=16, held_out=1)


def _at(step: int, *numbers: int) -> Callable[[int, Losses], None]:
    """Signals this process in the middle of a step."""

    def send(done: int, losses: Losses) -> None:
        if done == step:
            for number in numbers:
                os.kill(os.getpid(), number)

    return send


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_upscaler_that_is_stopped_loses_nothing(tmp_path: Path, number: int, code: int) -> None:
    photos, options = _photos(tmp_path), tiny(steps=9, every=100)
    whole = train_upscaler(photos, str(tmp_path / "whole"), options)
    before = [signal.getsignal(one) for one in SIGNALS]
    with pytest.raises(Stopped) as stopped:
        train_upscaler(photos, str(tmp_path / "run"), options, after_step=_at(5, number))
    assert [signal.getsignal(one) for one in SIGNALS] == before
    state = tmp_path / "run" / "state.pt"
    assert stopped.value.code == code
    assert str(stopped.value) == (
        f"stopped by {signal.Signals(number).name}: the state after step 5 is in {state}; "
        "the same command goes on from it"
    )
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()
    resumed = train_upscaler(photos, str(tmp_path / "run"), options)
    assert resumed.resumed_at == 5
    for name in ("upscaler.safetensors", "metrics.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert whole.resumed_at == 0


def test_in_the_last_step_too(tmp_path: Path) -> None:
    photos, options = _photos(tmp_path), tiny(steps=3)
    with pytest.raises(Stopped, match="after step 3 is in"):
        train_upscaler(photos, str(tmp_path / "run"), options, after_step=_at(3, signal.SIGTERM))
    assert train_upscaler(photos, str(tmp_path / "run"), options).resumed_at == 3


def test_a_second_interrupt_does_not_wait_for_the_step(tmp_path: Path) -> None:
    photos, options = _photos(tmp_path), tiny(steps=9, every=3)
    twice = _at(5, signal.SIGINT, signal.SIGINT)
    with pytest.raises(Stopped, match=r"SIGINT: the state is in .*state\.pt; the same command goes on"):
        train_upscaler(photos, str(tmp_path / "run"), options, after_step=twice)
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 3
    again = _at(2, signal.SIGINT, signal.SIGINT)
    with pytest.raises(Stopped, match="no state was written yet; the same command begins anew"):
        train_upscaler(photos, str(tmp_path / "other"), options, after_step=again)
    # A service that is asked twice still ends its step.
    with pytest.raises(Stopped, match="after step 2 is in"):
        train_upscaler(
            photos, str(tmp_path / "other"), options, after_step=_at(2, signal.SIGTERM, signal.SIGTERM)
        )


class _Stopping(FolderScenes):
    """Signals this process while a picture is read."""

    left = 4

    def read(self, item: Item, region: str) -> Scene:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().read(item, region)


def test_a_harmonizer_that_is_stopped_loses_nothing(tmp_path: Path) -> None:
    folders = photo_folders(tmp_path, 6)
    options = HarmoniserOptions(width=2, steps=6, batch=1, every=100, views=1, device="cpu")
    train_harmonizer([FolderScenes(*folders)], str(tmp_path / "whole"), options)
    with pytest.raises(Stopped, match=r"SIGTERM: the state after step 4 is in .*checkpoint\.pt; the same"):
        train_harmonizer([_Stopping(*folders)], str(tmp_path / "run"), options)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["checkpoint.pt"]
    assert train_harmonizer([FolderScenes(*folders)], str(tmp_path / "run"), options).resumed == 4
    # The losses of the steps before the stop are told as well.
    for name in ("harmonizer.safetensors", "metrics.json", "previews.png"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_outside_the_main_thread_a_training_runs_as_it_is(tmp_path: Path) -> None:
    photos = _photos(tmp_path)
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(train_upscaler(photos, str(tmp_path / "run"), tiny()).steps)
    )
    thread.start()
    thread.join()
    assert found == [2]
