"""A few steps teach GLEAN a crop, twice the same, and no interruption changes a byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from assets.weights.files import MissingWeights, read_weights_metadata
from models.checkpoints.read import read_state
from models.glean.weights import load_glean
from models.stylegan2.discriminator import StyleGAN2Discriminator
from models.training_module import TrainingModule
from natocc.codecs import decode_rgb, encode_png_rgb
from tasks.training.upscaler.photos_folder import photos_in_folder
from tasks.training.upscaler.report import UpscalerReport
from tasks.training.upscaler.train import train_upscaler
from tests.models.published import saved
from tests.raw_trees import portrait, write
from tests.tasks.training.steps import after_each_step
from tests.upscaler_training import photographs, tiny, tiny_prior, tiny_vgg


def _train(folder: Path, out: str, **changes: object) -> UpscalerReport:
    options = tiny(**changes)
    photos = photos_in_folder(
        photographs(folder / "photos"), least=options.out_size, held_out=options.held_out
    )
    return train_upscaler(photos, str(folder / out), options)


def test_it_learns_its_training_crop_better_than_bicubic(tmp_path: Path) -> None:
    write(tmp_path / "photos" / "one.png", encode_png_rgb(portrait(32, 32)))
    photos = photos_in_folder(tmp_path / "photos", least=32, held_out=0)
    options = tiny(
        in_size=8,
        out_size=32,
        steps=80,
        batch=1,
        learning_rate=6e-3,
        prior_width=16,
        width=16,
        growth=8,
        head=16,
        held_out=0,
    )
    report = train_upscaler(photos, str(tmp_path / "run"), options)
    assert report.trained_on == 1 and report.previews is None
    score = report.scores["training"]
    assert score.network.psnr > score.bicubic.psnr + 1 and score.network.ssim > score.bicubic.ssim
    losses = json.loads(Path(report.metrics).read_text(encoding="utf-8"))["losses"]
    assert [row["step"] for row in losses] == list(range(1, 81))
    assert losses[-1]["pixel"] < losses[0]["pixel"] / 4


def test_the_file_is_read_strictly_and_says_what_it_is_made_from(tmp_path: Path) -> None:
    report = _train(tmp_path, "run", steps=3)
    network = load_glean(report.weights)
    assert (network.config.in_size, network.config.out_size) == (4, 16)
    with safe_open(report.weights, framework="np") as opened:
        facts = opened.metadata()
    assert facts["network"] == "glean" and facts["bank"] == "none was given: trained along from the seed"
    assert facts["perceptual"] == "left out" and facts["steps"] == "3" and facts["degradation"] == "bicubic"
    assert read_weights_metadata(Path(report.weights))["photographs"].startswith("3 sha256:")

    figures = json.loads(Path(report.metrics).read_text(encoding="utf-8"))
    assert figures["scores"]["held out"]["pictures"] == 1 and figures["trained_on"] == 3
    row = figures["held_out"][0]
    assert row["degradation"] == "bicubic" and 16 <= row["crop"]["side"] <= 40
    assert row["network"]["psnr"] == pytest.approx(report.scores["held out"].network.psnr, abs=1e-3)
    sheet = decode_rgb(Path(str(report.previews)).read_bytes())
    assert sheet.shape[1] > 4 * 128


def test_a_finished_training_is_only_scored_again(tmp_path: Path) -> None:
    report = _train(tmp_path, "run", steps=2)
    again = _train(tmp_path, "run", steps=2)
    assert again.resumed == 2 and again.scores == report.scores


def test_equal_seeds_give_equal_files_and_other_seeds_other_ones(tmp_path: Path) -> None:
    torch.rand(3)  # the caller's random state must not matter
    reports = [_train(tmp_path, name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    one, two, other = (Path(report.weights).read_bytes() for report in reports)
    assert one == two != other
    threads = _train(tmp_path, "d", seed=1, threads=3)
    assert Path(threads.weights).read_bytes() == one, "threads that read ahead change nothing"


class _Killed(BaseException):
    pass


def _kill_in_step(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    def kill(module: TrainingModule) -> None:
        if module.step == step:
            raise _Killed

    after_each_step(monkeypatch, kill)


def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos = photos_in_folder(photographs(tmp_path / "photos"), least=16, held_out=1)
    whole = train_upscaler(photos, str(tmp_path / "whole"), tiny(steps=9, every=100))
    _kill_in_step(monkeypatch, 5)
    options = tiny(steps=9, every=3)
    with pytest.raises(_Killed):
        train_upscaler(photos, str(tmp_path / "run"), options)
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()
    monkeypatch.undo()
    resumed = train_upscaler(photos, str(tmp_path / "run"), options)
    assert resumed.resumed == 3
    assert Path(resumed.weights).read_bytes() == Path(whole.weights).read_bytes()
    assert Path(resumed.metrics).read_bytes() == Path(whole.metrics).read_bytes()
    for state in (tmp_path / "run" / "state.pt", tmp_path / "whole" / "state.pt"):
        assert torch.load(state, weights_only=True)["step"] == 9


def test_a_state_file_of_an_earlier_release_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = photos_in_folder(photographs(tmp_path / "photos"), least=16, held_out=1)
    whole = train_upscaler(photos, str(tmp_path / "whole"), tiny(steps=5, every=2))
    _kill_in_step(monkeypatch, 3)
    with pytest.raises(_Killed):
        train_upscaler(photos, str(tmp_path / "run"), tiny(steps=5, every=2))
    monkeypatch.undo()
    state = tmp_path / "run" / "state.pt"
    content = torch.load(state, weights_only=True)
    torch.save(
        {
            "format": "natocc-train-upscaler/1",
            "step": 2,
            "made_from": content["settings"],
            **content["networks"],
            "optimisers": content["optimisers"],
            "history": content["history"],
        },
        state,
    )
    resumed = train_upscaler(photos, str(tmp_path / "run"), tiny(steps=5, every=2))
    assert resumed.resumed == 2
    assert Path(resumed.weights).read_bytes() == Path(whole.weights).read_bytes()


def test_a_given_prior_stays_as_it_is_and_is_named(tmp_path: Path) -> None:
    prior = tiny_prior(tmp_path / "weights")
    tiny_vgg(tmp_path / "weights")
    report = _train(
        tmp_path,
        "run",
        train_prior=False,
        prior_weights="tiny-prior",
        perceptual="vgg16",
        weights=str(tmp_path / "weights"),
        learning_rate=1e-2,
    )
    state = read_state(report.weights)
    for name, value in prior.state_dict().items():
        assert torch.equal(state[f"generator.{name}"], value), name
    assert report.facts["bank"].startswith("tiny-prior sha256:") and report.facts["bank"].endswith(", none")
    assert report.facts["perceptual"].startswith("vgg16 sha256:")
    losses = json.loads(Path(report.metrics).read_text(encoding="utf-8"))["losses"]
    assert {"pixel", "perceptual", "adversarial", "discriminator", "total", "step"} == losses[0].keys()
    first = losses[0]
    weighed = first["pixel"] + 0.01 * first["perceptual"] + 0.01 * first["adversarial"]
    assert first["total"] == pytest.approx(weighed, rel=1e-4)


def test_a_prior_without_given_weights_is_trained_along(tmp_path: Path) -> None:
    before = _train(tmp_path, "a", steps=1, learning_rate=1e-8)
    after = _train(tmp_path, "b", steps=2, learning_rate=1e-2)
    one, two = read_state(before.weights), read_state(after.weights)
    moved = {name for name in one if not torch.allclose(one[name], two[name], atol=1e-4)}
    assert "generator.convs.0.conv.weight_orig" in moved and "generator.constant_input.input" in moved
    assert not any("style_mapping" in name or "to_rgb" in name or "injected_noise" in name for name in moved)


def test_weights_that_are_missing_or_do_not_fit_are_told(tmp_path: Path) -> None:
    weights = str(tmp_path / "weights")
    with pytest.raises(MissingWeights, match=r"vgg16: expected its weights in .*--perceptual 0$"):
        _train(tmp_path, "run", perceptual="vgg16", weights=weights)
    with pytest.raises(MissingWeights, match="stylegan2-cat: expected its weights in"):
        _train(tmp_path, "run", train_prior=False, prior_weights="stylegan2-cat", weights=weights)
    with pytest.raises(MissingWeights, match=r"none\.pth: expected a file of weights, found none"):
        _train(tmp_path, "run", train_prior=False, prior_weights="none.pth")
    tiny_prior(tmp_path / "weights", "large", sizes=4)
    with pytest.raises(
        ValueError, match="large: expected a prior of 16 pixels, as --out-size says, got one of 32"
    ):
        _train(tmp_path, "run", train_prior=False, prior_weights="large", weights=weights)
    tiny_vgg(tmp_path / "weights")
    with pytest.raises(ValueError, match="vgg16: expected weights of stylegan2, got those of vgg16"):
        _train(tmp_path, "run", train_prior=False, prior_weights="vgg16", weights=weights)
    assert not (tmp_path / "run").exists()


def test_the_state_of_another_training_is_not_gone_on_from(tmp_path: Path) -> None:
    _train(tmp_path, "run")
    with pytest.raises(
        ValueError,
        match=r"state\.pt: .* got that of another: batch 2 \(now 3\), steps 2 \(now 4\); use another --out",
    ):
        _train(tmp_path, "run", steps=4, batch=3)
    (tmp_path / "run" / "state.pt").write_bytes(b"no state")
    with pytest.raises(ValueError, match=r"state\.pt: expected a checkpoint of tensors alone"):
        _train(tmp_path, "run")


def test_losses_that_are_no_numbers_stop_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"step 1: expected finite losses, got loss inf.*--learning-rate"):
        _train(tmp_path, "run", adversarial=1e39)
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="of a machine without a GPU")
def test_a_gpu_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^--device: expected a GPU for cuda, found none"):
        _train(tmp_path, "run", device="cuda")
    assert not (tmp_path / "run").exists()


def test_blind_degradations_and_half_precision_train_too(tmp_path: Path) -> None:
    report = _train(tmp_path, "run", degradation="blind", precision="bfloat16", steps=2)
    row = json.loads(Path(report.metrics).read_text(encoding="utf-8"))["held_out"][0]
    assert 40 <= row["degradation"]["quality"] <= 95 and report.facts["precision"] == "bfloat16"
    assert {value.dtype for value in read_state(report.weights).values()} == {torch.float32}


def test_it_is_written_wherever_storage_goes(tmp_path: Path) -> None:
    photos = photos_in_folder(photographs(tmp_path / "photos"), least=16, held_out=1)
    report = train_upscaler(photos, "memory://upscaler/run", tiny(steps=1))
    assert report.weights == "memory://upscaler/run/upscaler.safetensors"


def test_a_given_discriminator_goes_on_learning(tmp_path: Path) -> None:
    judge = StyleGAN2Discriminator((8, 8, 8))
    write(
        tmp_path / "d.pth", saved({f"discriminator.{name}": one for name, one in judge.state_dict().items()})
    )
    report = _train(tmp_path, "run", discriminator_weights=str(tmp_path / "d.pth"), learning_rate=1e-6)
    assert report.facts["discriminator"].startswith("d.pth sha256:")
    found = torch.load(tmp_path / "run" / "state.pt", weights_only=True)["networks"]["discriminator"]
    before = judge.state_dict()
    assert all(torch.allclose(found[name], before[name], atol=1e-4) for name in before)
    assert not torch.equal(found["final_conv.0.conv.weight_orig"], before["final_conv.0.conv.weight_orig"])

    large = StyleGAN2Discriminator((4, 4, 4, 4))
    write(tmp_path / "large.pth", saved(large.state_dict()))
    with pytest.raises(ValueError, match=r"large\.pth: expected a discriminator of 16 pixels, got one of 32"):
        _train(tmp_path, "other", discriminator_weights=str(tmp_path / "large.pth"))
