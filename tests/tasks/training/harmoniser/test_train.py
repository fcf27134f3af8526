"""A few steps on real pixels teach the network something; cut off and gone on ends the same."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors import safe_open

from models.not_finite import Diverged
from models.rainnet.weights import load_rainnet
from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.scenes import Scene, SceneItem
from tasks.training.harmoniser.options import HarmoniserOptions
from tasks.training.harmoniser.report import HarmoniserReport
from tasks.training.harmoniser.train import open_sources, train_harmoniser
from tests.harmonizer_photos import iharmony4_tree, photo_folders
from tests.raw_trees import disc, encoded, write


def options(**values: object) -> HarmoniserOptions:
    small = {"width": 2, "steps": 4, "batch": 1, "every": 2, "views": 1, "device": "cpu"}
    return HarmoniserOptions(**{**small, **values})  # type: ignore[arg-type]


def train(folder: Path, out: str, **values: object) -> HarmoniserReport:
    source = FolderScenes(*photo_folders(folder, 6))
    return train_harmoniser([source], str(folder / out), options(**values))


def test_it_learns_and_tells_its_errors_beside_those_of_doing_nothing(tmp_path: Path) -> None:
    report = train(
        tmp_path, "run", width=4, steps=40, every=10, adversarial=0.0, learning_rate=2e-3, crop=0.8
    )
    assert (report.trained_on, report.held_out, report.left_out) == (5, 1, ())
    metrics = json.loads((tmp_path / "run/metrics.json").read_text(encoding="utf-8"))
    differences = [one["difference"] for one in metrics["losses"]]
    assert [one["step"] for one in metrics["losses"]] == list(range(1, 41))
    assert sum(differences[-10:]) < 0.6 * sum(differences[:10])
    assert set(metrics["scores"]["working size"]) == {"composite", "statistics", "network"}
    lifted = {"composite", "statistics", "network, mapping", "network, residual"}
    assert set(metrics["scores"]["full size"]) == lifted
    row = report.table()[0]
    assert (row["made by"], row["pictures"]) == ("composite", 1)
    assert row["fmse"] == metrics["scores"]["working size"]["composite"]["fmse"] > row["mse"]
    assert cv2.imread(report.previews).shape[1] > 4 * 256


def test_the_weights_load_strictly_and_say_what_they_are(tmp_path: Path) -> None:
    report = train(tmp_path, "run", adversarial=0.0)
    network = load_rainnet(report.weights)
    assert network.config.width == 2
    with safe_open(report.weights, "pt") as file:
        facts = file.metadata()
    assert (facts["network"], facts["steps"], facts["seed"]) == ("rainnet", "4", "0")
    assert facts["trained_on"] == "recoloured regions of a folder's photographs"
    assert facts["licence"] == "that of the photographs learnt from; not stated"


class _PowerCut(RuntimeError):
    pass


class _Failing(FolderScenes):
    """Reads so many pictures, then no more."""

    left = 4

    def read(self, item: SceneItem, region: str) -> Scene:
        self.left -= 1
        if self.left < 0:
            raise _PowerCut
        return super().read(item, region)


@pytest.mark.parametrize("adversarial", [1.0, 0.0])
def test_cut_off_and_gone_on_it_ends_as_if_it_had_never_stopped(tmp_path: Path, adversarial: float) -> None:
    train(tmp_path, "whole", steps=6, adversarial=adversarial)
    failing = _Failing(str(tmp_path / "photos"), str(tmp_path / "masks"))
    with pytest.raises(_PowerCut):
        train_harmoniser([failing], str(tmp_path / "cut"), options(steps=6, adversarial=adversarial))
    assert [path.name for path in (tmp_path / "cut").iterdir()] == ["checkpoint.pt"]
    torch.rand(3)  # the caller's random state must not matter
    report = train(tmp_path, "cut", steps=6, adversarial=adversarial)
    assert report.resumed == 4
    for name in ("harmonizer.safetensors", "metrics.json", "previews.png"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert train(tmp_path, "cut", steps=6, adversarial=adversarial).resumed == 6
    train(tmp_path, "other", steps=6, adversarial=adversarial, seed=1)
    weights = [(tmp_path / name / "harmonizer.safetensors").read_bytes() for name in ("cut", "other")]
    assert weights[0] != weights[1]


def test_loader_processes_change_nothing(tmp_path: Path) -> None:
    for out, loaders in (("none", 0), ("two", 2)):
        train(tmp_path, out, adversarial=0.0, loaders=loaders, crop=0.7)
    none, two = ((tmp_path / out / "harmonizer.safetensors").read_bytes() for out in ("none", "two"))
    assert none == two


def test_a_checkpoint_of_another_training_is_refused_with_what_differs(tmp_path: Path) -> None:
    train(tmp_path, "run", steps=2, adversarial=0.0)
    with pytest.raises(
        ValueError, match=r"got that of another: crop 1\.0 \(now 0\.5\), steps 2 \(now 3\); use another"
    ):
        train(tmp_path, "run", steps=3, adversarial=0.0, crop=0.5)
    for number in range(6):
        write(tmp_path / f"masks/{number}.png", encoded(disc(96, 128, 0.4), "PNG"))
    with pytest.raises(ValueError, match=r"of another: pictures \w+ \(now \w+\); use another --out"):
        source = FolderScenes(str(tmp_path / "photos"), str(tmp_path / "masks"))
        train_harmoniser([source], str(tmp_path / "run"), options(steps=2, adversarial=0.0))
    (tmp_path / "run/checkpoint.pt").write_bytes(b"torn")
    with pytest.raises(ValueError, match=r"checkpoint\.pt: expected a checkpoint of tensors alone"):
        train(tmp_path, "run", steps=2, adversarial=0.0)


def test_a_training_that_diverges_stops_and_keeps_its_last_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(
        Diverged,
        match=r"step 2: expected finite losses, got loss nan; use a lower --learning-rate; the last state is still in",
    ):
        train(tmp_path, "run", steps=40, every=1, adversarial=0.0, learning_rate=1e30)
    state = torch.load(tmp_path / "run/checkpoint.pt", weights_only=True)
    assert 0 < state["step"] < 40
    assert all(one.isfinite().all() for one in state["networks"]["network"].values())
    assert not (tmp_path / "run/harmonizer.safetensors").exists()


def test_iharmony4_is_trained_on_in_its_own_parts(tmp_path: Path) -> None:
    sources = open_sources(iharmony4=iharmony4_tree(tmp_path / "raw"))
    report = train_harmoniser(sources, str(tmp_path / "run"), options(steps=1, adversarial=0.0))
    assert (report.trained_on, report.held_out) == (3, 1)
    scores = report.scores["full size"]
    assert scores["statistics"].fmse != scores["composite"].fmse > 100


@pytest.mark.skipif(torch.cuda.is_available(), reason="of a machine without a GPU")
def test_options_and_sources_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="size: expected a multiple of 256, got 300"):
        options(size=300)
    with pytest.raises(ValueError, match="batch: expected at least 1, got 0"):
        options(batch=0)
    with pytest.raises(ValueError, match=r"learning_rate: expected more than 0, got nan"):
        options(learning_rate=float("nan"))
    with pytest.raises(ValueError, match="device: expected auto, cpu or cuda, got 'tpu'"):
        options(device="tpu")
    with pytest.raises(ValueError, match="--bank, --photos, --iharmony4: expected one of them at least"):
        open_sources()
    with pytest.raises(ValueError, match="--photos, --masks: expected both or neither, got one"):
        open_sources(photos=str(tmp_path))
    photos, masks = photo_folders(tmp_path, 2)
    with pytest.raises(ValueError, match=r"^--device: expected a GPU for cuda, found none"):
        train_harmoniser(
            open_sources(photos=photos, masks=masks), str(tmp_path / "run"), options(device="cuda")
        )
    mask = np.zeros((96, 128), np.uint8)
    cv2.imwrite(f"{masks}/0.png", mask)
    with pytest.raises(
        ValueError, match=r"of 1 photograph;.*; 0\.png: expected a foreground .* an empty mask"
    ):
        train_harmoniser(open_sources(photos=photos, masks=masks), str(tmp_path / "run"), options())
    assert not (tmp_path / "run").exists()
