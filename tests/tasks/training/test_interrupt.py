"""An interrupted training keeps its last whole step, and resumes as if it had never stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
import torch

from models.training_module import TrainingModule
from shards import storage
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.scenes import Scene, SceneItem
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.train import train_harmoniser
from tasks.training.interrupt import InterruptHandler
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.train import train_segmenter
from tasks.training.upscaler.photos_folder import Photos, photos_in_folder
from tasks.training.upscaler.train import train_upscaler
from tasks.workers.signals import SIGNALS, Interrupted
from tests.harmonizer_photos import photo_folders
from tests.small_version import small_bank, small_version
from tests.tasks.training.steps import after_each_step
from tests.upscaler_training import photographs, tiny


def _photos(folder: Path) -> Photos:
    return photos_in_folder(photographs(folder / "photos"), least=16, held_out=1)


def _signal_in_step(monkeypatch: pytest.MonkeyPatch, step: int, *numbers: int) -> None:
    """Send signals to this process at the end of a step, before the checkpoint sees it."""

    def send(module: TrainingModule) -> None:
        if module.step == step:
            for number in numbers:
                os.kill(os.getpid(), number)
                # Two signals at once count as one.
                time.sleep(0.2)

    after_each_step(monkeypatch, send)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_an_interrupted_upscaler_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    photos, options = _photos(tmp_path), tiny(steps=9, every=100)
    whole = train_upscaler(photos, str(tmp_path / "whole"), options)
    before = [signal.getsignal(one) for one in SIGNALS]
    _signal_in_step(monkeypatch, 5, number)
    with pytest.raises(Interrupted) as stopped:
        train_upscaler(photos, str(tmp_path / "run"), options)
    monkeypatch.undo()
    assert [signal.getsignal(one) for one in SIGNALS] == before
    state = tmp_path / "run" / "state.pt"
    assert stopped.value.code == code
    assert str(stopped.value) == (
        f"stopped by {signal.Signals(number).name}: the state after step 5 is in {state}; "
        "run the same command again to resume"
    )
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()
    resumed = train_upscaler(photos, str(tmp_path / "run"), options)
    assert resumed.resumed == 5
    for name in ("upscaler.safetensors", "metrics.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert whole.resumed == 0


def test_in_the_last_step_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos, options = _photos(tmp_path), tiny(steps=3)
    _signal_in_step(monkeypatch, 3, signal.SIGTERM)
    with pytest.raises(Interrupted, match="after step 3 is in"):
        train_upscaler(photos, str(tmp_path / "run"), options)
    assert train_upscaler(photos, str(tmp_path / "run"), options).resumed == 3


def test_a_second_signal_does_not_wait_for_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos, options = _photos(tmp_path), tiny(steps=9, every=3)
    _signal_in_step(monkeypatch, 5, signal.SIGINT, signal.SIGINT)
    with pytest.raises(Interrupted, match=r"SIGINT: the state is in .*state\.pt; run the same command again"):
        train_upscaler(photos, str(tmp_path / "run"), options)
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 3
    monkeypatch.undo()
    _signal_in_step(monkeypatch, 2, signal.SIGINT, signal.SIGTERM)
    with pytest.raises(
        Interrupted, match=r"SIGTERM: no state was written yet; .* to start from the beginning"
    ):
        train_upscaler(photos, str(tmp_path / "other"), options)


def test_an_interrupted_segmenter_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"))
    options = SegmenterOptions(size=32, steps=9, batch=3, width=8, every=100, device="cpu")
    train_segmenter(version, bank, str(tmp_path / "whole"), options)
    _signal_in_step(monkeypatch, 4, signal.SIGINT)
    with pytest.raises(Interrupted, match=r"SIGINT: the state after step 4 is in .*checkpoint\.pt; run"):
        train_segmenter(version, bank, str(tmp_path / "run"), options)
    monkeypatch.undo()
    assert train_segmenter(version, bank, str(tmp_path / "run"), options).resumed == 4
    for name in ("segmenter.pt", "metrics.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


class _InterruptedScenes(FolderScenes):
    """Signals this process while a picture is read."""

    left = 4

    def read(self, item: SceneItem, region: str) -> Scene:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().read(item, region)


def test_an_interrupted_harmoniser_loses_nothing(tmp_path: Path) -> None:
    folders = photo_folders(tmp_path, 6)
    options = HarmoniserOptions(width=2, steps=6, batch=1, every=100, views=1, device="cpu")
    train_harmoniser([FolderScenes(*folders)], str(tmp_path / "whole"), options)
    with pytest.raises(
        Interrupted, match=r"SIGTERM: the state after step 4 is in .*checkpoint\.pt; run the same"
    ):
        train_harmoniser([_InterruptedScenes(*folders)], str(tmp_path / "run"), options)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["checkpoint.pt"]
    assert train_harmoniser([FolderScenes(*folders)], str(tmp_path / "run"), options).resumed == 4
    # The history includes the losses of the steps before the interruption.
    for name in ("harmonizer.safetensors", "metrics.json", "previews.png"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


class _LostLoader(FolderScenes):
    """The signal reaches a process that loads batches first: what it sends can't be read any more."""

    def read(self, item: SceneItem, region: str) -> Scene:
        os.kill(os.getpid(), signal.SIGINT)
        raise FileNotFoundError(2, "No such file or directory")


def test_batches_that_are_lost_to_the_signal_are_no_error_of_their_own(tmp_path: Path) -> None:
    options = HarmoniserOptions(width=2, steps=6, batch=1, every=100, views=1, device="cpu")
    with pytest.raises(Interrupted, match=r"SIGINT: the state is in .*checkpoint\.pt"):
        train_harmoniser([_LostLoader(*photo_folders(tmp_path, 6))], str(tmp_path / "run"), options)


def test_a_state_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: CheckpointCallback, trainer: object, module: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CheckpointCallback, "write", full)
    _signal_in_step(monkeypatch, 2, signal.SIGTERM)
    with pytest.raises(OSError, match="No space left on device"):
        train_upscaler(_photos(tmp_path), str(tmp_path / "run"), tiny(steps=9, every=100))


def test_the_message_of_a_signal_asks_no_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(url: str) -> bool:
        raise OSError("no answer")

    monkeypatch.setattr(storage, "exists", no_answer)
    checkpoint = CheckpointCallback("s3://bucket/state.pt", every=1, settings={})
    with pytest.raises(Interrupted, match="no state was written yet"), InterruptHandler(checkpoint).watch():
        os.kill(os.getpid(), signal.SIGTERM)
        raise RuntimeError("the batches are lost")


def test_a_training_outside_the_main_thread_runs_without_handlers(tmp_path: Path) -> None:
    photos = _photos(tmp_path)
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(train_upscaler(photos, str(tmp_path / "run"), tiny()).steps)
    )
    thread.start()
    thread.join()
    assert found == [2]
