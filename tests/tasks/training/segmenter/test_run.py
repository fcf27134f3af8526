"""What a process of a training reads, and what it does with bad input: named, with what was kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from manifests.dataset import DATASET_INDEX, read_dataset
from models.not_finite import Diverged
from models.segmenters.training import SegmenterTraining
from shards.storage import join, write_bytes
from tasks.training.ranks import ONE_PROCESS, Ranks
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.feed.reading.source import parse_sources
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.run import feed_of_run, prepare_run
from tasks.training.segmenter.train import train_segmenter
from tests.small_version import small_version, write_version
from tests.tasks.training.segmenter.feed.feeds import occluder_bank, plain_version, shard

SMALL = SegmenterOptions(size=16, steps=4, batch=4, width=8, every=1, device="cpu")


def test_each_process_reads_its_share_of_the_pictures_that_select(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards = {f"{split}-a-000000.tar": shard(first, 5, split) for first, split in ((0, "train"), (9, "val"))}
    feed = feed_of_run(parse_sources((write_version(str(tmp_path / "v"), shards),)), SMALL)
    samples, count = list[str](), len(feed.validation)
    assert count == 5
    read = Feed.read
    monkeypatch.setattr(Feed, "read", lambda self, one: samples.append(one.key) or read(self, one))
    run = prepare_run(feed, None, str(tmp_path / "run"), SMALL)
    assert samples == []
    shares = [run.selection_of(Ranks(rank=rank, world=2, local=2)) for rank in range(2)]
    assert sorted(samples) == sorted(one.key for one in feed.validation)
    whole = run.selection_of(ONE_PROCESS)
    assert whole is not None and len(whole) == count
    for rank, share in enumerate(shares):
        assert share is not None and torch.equal(share.images, whole.images[rank::2])
    more = run.selection_of(Ranks(rank=count, world=count + 1, local=count + 1))
    assert more is not None and len(more) == count, "none is without pictures"
    assert len(samples) == 2 * count


def test_the_state_of_another_architecture_is_named_and_kept(tmp_path: Path) -> None:
    version, out = small_version(str(tmp_path / "v")), tmp_path / "run"
    train_segmenter(version, None, str(out), SMALL)
    before = (out / "checkpoint.pt").read_bytes()
    with pytest.raises(ValueError, match=r"got that of another: .*network unet \(now unet-resnet18\)"):
        train_segmenter(version, None, str(out), SMALL.replaced(network="unet-resnet18", size=32))
    assert (out / "checkpoint.pt").read_bytes() == before


def test_the_state_of_another_occlusion_is_named_and_kept(tmp_path: Path) -> None:
    version, out = plain_version(tmp_path), tmp_path / "run"
    options = SMALL.replaced(occlude=("erase=0.5",))
    train_segmenter(version, None, str(out), options)
    before = (out / "checkpoint.pt").read_bytes()
    for other in (("erase=0.6",), ()):
        with pytest.raises(ValueError, match=r"got that of another: occlusion erase 0\.5 on small \(now"):
            train_segmenter(version, None, str(out), options.replaced(occlude=other))
    assert (out / "checkpoint.pt").read_bytes() == before
    assert train_segmenter(version, None, str(out), options).resumed == 4


def test_a_stopped_training_with_occlusion_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, bank = plain_version(tmp_path), occluder_bank(tmp_path / "bank")
    options = SMALL.replaced(size=64, occlude=("natocc", "paste=0.25"))
    forward = SegmenterTraining.training_step

    def stopped(self: SegmenterTraining, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        if self.step == 2:
            raise RuntimeError("stopped")
        return forward(self, batch, batch_idx)

    with monkeypatch.context() as patch:
        patch.setattr(SegmenterTraining, "training_step", stopped)
        with pytest.raises(RuntimeError, match="stopped"):
            train_segmenter(version, bank, str(tmp_path / "stopped"), options)
    assert train_segmenter(version, bank, str(tmp_path / "stopped"), options).resumed == 2
    train_segmenter(version, bank, str(tmp_path / "whole"), options)
    for name in ("segmenter.pt", "metrics.json", "best.pt"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_terms_of_the_occluders_count_for_a_commercial_purpose(tmp_path: Path) -> None:
    free = replace(read_dataset(plain_version(tmp_path)), licences=("CC0-1.0",))
    write_bytes(join(str(tmp_path / "plain"), DATASET_INDEX), free.encode())
    file = tmp_path / "commercial.yaml"
    file.write_text(
        "name: commercial\ndescription: x\npurpose: commercial\nsize: 64\nsteps: 1\nbatch: 4\nevaluate: 3\n"
        "augmentation: none\nloss: {kind: binary}\noptimiser: {kind: sgd, learning_rate: 0.01}\n"
    )
    options = SegmenterOptions(schedule=str(file), width=8, device="cpu", occlude=("natocc",))
    bank = occluder_bank(tmp_path / "bank", licence="CC BY-NC 4.0")
    with pytest.raises(ValueError, match=r"got occluders of d in .*bank under 'CC BY-NC 4\.0'"):
        train_segmenter(str(tmp_path / "plain"), bank, str(tmp_path / "run"), options)
    allowed = occluder_bank(tmp_path / "allowed", licence="CC0-1.0")
    report = train_segmenter(str(tmp_path / "plain"), allowed, str(tmp_path / "run"), options)
    assert report.steps == 1


def test_a_loss_that_is_not_finite_leaves_its_batch_and_the_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = SegmenterTraining.training_step

    def broken(self: SegmenterTraining, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        images, labels = batch
        return forward(self, (images * torch.nan if self.step == 2 else images, labels), batch_idx)

    monkeypatch.setattr(SegmenterTraining, "training_step", broken)
    out = tmp_path / "run"
    with pytest.raises(Diverged, match=r"step 3: expected finite losses, got loss nan; .*diverged\.npz"):
        train_segmenter(small_version(str(tmp_path / "v")), None, str(out), SMALL)
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] == 2
    saved = np.load(out / "diverged.npz")
    assert saved["images"].shape == (4, 3, 16, 16) and saved["labels"].shape == (4, 16, 16)
    assert int(saved["step"]) == 3


def test_passes_of_a_step_give_the_steps_loss(tmp_path: Path) -> None:
    """Group norm does not depend on the batch; this loss averages over all pixels."""
    version = small_version(str(tmp_path / "v"))
    file = tmp_path / "plain.yaml"
    file.write_text(
        "name: plain\ndescription: x\nsize: 16\nsteps: 3\nbatch: 4\nevaluate: 3\naugmentation: small\n"
        "loss: {kind: softmax}\noptimiser: {kind: sgd, learning_rate: 0.01}\n"
    )
    options = SMALL.replaced(schedule=str(file), size=None, steps=None, batch=None)
    curves = []
    for accumulate in (1, 2):
        out = tmp_path / str(accumulate)
        train_segmenter(version, None, str(out), options.replaced(accumulate=accumulate))
        rows = (out / "curves.csv").read_text().splitlines()
        curves.append([float(row.split(",")[1]) for row in rows[1:]])
    assert curves[0] == pytest.approx(curves[1], abs=1e-4) and len(curves[0]) == 3
