"""A few steps on real pixels teach the network something, and twice the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from models.segmenters.checkpoint import decode_segmenter, read_segmenter
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.report import SegmenterReport
from tasks.training.segmenter.train import train_segmenter
from tests.small_version import occluded_face, small_bank, small_version, write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of, occluder_bank, plain_version, shard


def _train(folder: Path, out: str, *, train: int = 8, **options: int) -> SegmenterReport:
    options = {"size": 32, "steps": 60, "batch": 4, "width": 8} | options
    return train_segmenter(
        small_version(str(folder / "v"), train=train),
        small_bank(str(folder / "bank")),
        str(folder / out),
        SegmenterOptions(device="cpu", **options),
    )


def test_it_learns_to_leave_the_occluder_out(tmp_path: Path) -> None:
    report = _train(tmp_path, "run", train=12, steps=160)
    assert report.trained_on == 11 and report.selected_on == "held-out validation"
    assert report.notes == ("trained from scratch: no ImageNet weights (--backbone)",)
    assert report.held_out is not None and report.held_out.pictures == 4
    assert {name: score.pictures for name, score in report.real.items()} == {"RealOcc": 3}
    # 0.85 against 0.77.
    assert report.held_out.face_iou > report.held_out.constant_iou + 0.02
    assert report.held_out.pixel_accuracy > 0.9
    figures = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert figures["held_out"]["face_iou"] == report.held_out.face_iou
    assert figures["real"]["RealOcc"]["pictures"] == 3 and figures["version"] == "v"
    assert [row["step"] for row in figures["losses"]] == list(range(2, 161, 2))
    assert figures["losses"][-1]["loss"] < figures["losses"][0]["loss"]
    assert [row["step"] for row in figures["selection"]] == [100, 160]
    best = max(figures["selection"], key=lambda row: row["selection_iou"])
    assert report.selected_step == best["step"]


def test_the_written_network_predicts_what_was_scored(tmp_path: Path) -> None:
    report = _train(tmp_path, "run")
    network = decode_segmenter(Path(report.weights).read_bytes())
    feed = feed_of(str(tmp_path / "v"), size=32)
    examples = [feed.read(sample) for sample in feed.testing]
    images = (
        torch.stack([torch.from_numpy(example.image).permute(2, 0, 1) for example in examples]).float() / 255
    )
    labels = torch.stack([torch.from_numpy(example.label) for example in examples])[:, None] == 1
    with torch.no_grad():
        face = network(images) > 0
    iou = float((face & labels).sum() / (face | labels).sum())
    assert report.held_out is not None and report.held_out.face_iou == pytest.approx(iou, abs=2e-4)


def test_equal_seeds_give_equal_files_and_other_seeds_other_weights(tmp_path: Path) -> None:
    names = ("one", "two", "other")
    for name, seed in zip(names, (1, 1, 2), strict=True):
        torch.rand(3)  # the caller's random state must not matter
        _train(tmp_path, name, seed=seed, steps=3)
    one, two, other = (decode_segmenter((tmp_path / name / "segmenter.pt").read_bytes()) for name in names)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    metrics = [(tmp_path / name / "metrics.json").read_bytes() for name in names]
    assert metrics[0] == metrics[1]


def test_missing_test_sets_are_noted(tmp_path: Path) -> None:
    shards = {"a-000000.tar": ("train", [("k", occluded_face(0))])}
    url = write_version(str(tmp_path / "v"), shards)
    report = train_segmenter(
        url,
        None,
        str(tmp_path / "run"),
        SegmenterOptions(size=16, steps=1, batch=2, width=8, device="cpu"),
    )
    assert report.held_out is None and report.real == {} and report.table() == []
    assert report.notes == (
        "no test on held-out faces: the data have none (split test)",
        "no test on really occluded faces: no bank was given",
        "no validation faces: the weights of the last step are kept",
        "trained from scratch: no ImageNet weights (--backbone)",
    )


def test_a_split_val_selects_the_weights_and_report_metrics_and_checkpoint_say_so(tmp_path: Path) -> None:
    shards = {f"{split}-a-000000.tar": shard(first, 4, split) for first, split in ((0, "train"), (9, "val"))}
    url = write_version(str(tmp_path / "v"), shards)
    options = SegmenterOptions(size=16, steps=2, batch=2, width=8, evaluate=1, device="cpu")
    report = train_segmenter(url, small_bank(str(tmp_path / "bank")), str(tmp_path / "run"), options)
    assert report.trained_on == 4
    assert {row["selected_on"] for row in report.table()} == {"validation split"}
    figures = json.loads(Path(report.metrics).read_text())
    assert figures["selected_on"] == "validation split" and len(figures["selection"]) == 2
    note = f"{url}: validated on 4 samples of the split val; none of the split train is held out"
    assert note in figures["notes"]
    stored = read_segmenter(Path(report.weights).read_bytes())
    assert stored.metadata.selected_on == "validation split"


def test_every_dataset_of_the_bank_has_its_own_score(tmp_path: Path) -> None:
    bank = small_bank(str(tmp_path / "bank"), real=2, Wild=3, COFW=0)
    options = SegmenterOptions(size=32, steps=30, batch=4, width=8, max_samples=2, device="cpu")
    report = train_segmenter(
        small_version(str(tmp_path / "v")),
        bank,
        str(tmp_path / "run"),
        options,
    )
    assert {name: score.pictures for name, score in report.real.items()} == {"RealOcc": 2, "Wild": 2}
    assert report.real["RealOcc"] != report.real["Wild"]
    assert [row["faces"] for row in report.table()] == ["held-out synthetic", "RealOcc", "Wild"]
    assert report.notes == (
        "held-out synthetic: tested on 2 of 4 pictures, see --max-samples",
        f"no test on COFW: {bank} has none of its faces",
        "Wild: tested on the first 2 of its 3 faces, see --max-samples",
        "trained from scratch: no ImageNet weights (--backbone)",
    )
    alone = train_segmenter(
        str(tmp_path / "v"),
        small_bank(str(tmp_path / "alone"), real=2),
        str(tmp_path / "run"),
        options,
    )
    assert alone.real["RealOcc"] == report.real["RealOcc"], "another dataset moves no score"


def test_table_metrics_and_checkpoint_say_what_was_drawn_on_the_faces(tmp_path: Path) -> None:
    bank = occluder_bank(tmp_path / "bank", licence="terms of the occluders")
    options = SegmenterOptions(
        size=64, steps=2, batch=2, width=8, device="cpu", occlude=("natocc=0.75", "randocc=0.25")
    )
    url = plain_version(tmp_path, occluded=2)
    report = train_segmenter(url, bank, str(tmp_path / "run"), options)
    assert [row["occlusion"] for row in report.table()] == ["natocc 0.75 + randocc 0.25"]
    assert report.notes[1].startswith("no occlusion is drawn on 2 training pictures that have a rendered")
    figures = json.loads((tmp_path / "run" / "metrics.json").read_text())["occlusion"]
    assert figures["shares"] == {"natocc": 0.75, "randocc": 0.25}
    assert figures["occluders"] == {"hand": 1, "object": 1, "texture": 1}
    drawn = sum(tally["drawn"] for tally in figures["tally"].values())
    assert drawn == report.trained_on - 2, "every face without an occluder gets one"
    metadata = read_segmenter(Path(report.weights).read_bytes()).metadata
    assert metadata.occlusion["shares"] == figures["shares"]
    assert metadata.licences == ("terms of the occluders",)
    plain = train_segmenter(url, None, str(tmp_path / "plain-run"), options.replaced(occlude=()))
    assert plain.occlusion == "none" and plain.table()[0]["occlusion"] == "none"
    assert read_segmenter(Path(plain.weights).read_bytes()).metadata.occlusion == {}


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for a machine without GPU")
def test_a_gpu_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^--device: expected a GPU for cuda, found none"):
        train_segmenter("nowhere", None, str(tmp_path), SegmenterOptions(device="cuda"))


def test_a_version_without_training_samples_is_refused(tmp_path: Path) -> None:
    url = write_version(str(tmp_path / "v"), {"a-000000.tar": ("test", [("k", occluded_face(0))])})
    with pytest.raises(ValueError, match="expected samples of the split train, found none"):
        train_segmenter(url, None, str(tmp_path / "run"), SegmenterOptions(size=16, steps=1))
    assert not (tmp_path / "run").exists()


def test_the_state_of_other_pictures_is_replaced_and_the_report_says_so(tmp_path: Path) -> None:
    _train(tmp_path, "run", steps=2)
    write_version(str(tmp_path / "v"), {"a-000000.tar": ("train", [("k", occluded_face(7))])})
    options = SegmenterOptions(size=32, steps=2, batch=4, width=8, device="cpu")
    report = train_segmenter(str(tmp_path / "v"), None, str(tmp_path / "run"), options)
    assert report.resumed == 0 and report.trained_on == 1
    assert report.notes[-1] == f"{tmp_path}/run/checkpoint.pt: the state of another training, replaced"
    again = train_segmenter(str(tmp_path / "v"), None, str(tmp_path / "run"), options)
    assert again.resumed == 2 and not any("another training" in note for note in again.notes)
