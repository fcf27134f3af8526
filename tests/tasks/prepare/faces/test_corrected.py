"""Corrected masks, from the raw tree through ``prepare`` to the bank."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.bank.reader import Bank, Entry
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from natocc.codecs import decode_plane
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS, FACE_PARTS
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.prepare.report import PrepareReport
from tests.raw_trees import FACES, add_face, disc, encoded, mask_bytes, portrait, write

pytestmark = pytest.mark.xdist_group("prepare")

PARTS = {"skin": disc(512, 512), "hair": disc(512, 512, 0.2), "nose": disc(512, 512, 0.1)}


def left_half(height: int, width: int) -> Image:
    plane = disc(height, width)
    plane[:, width // 2 :] = 0
    return plane


def tree(raw: Path, count: int = 1) -> Path:
    for number in range(count):
        picture = np.roll(portrait(1024, 1024), 16 * number, axis=1)
        add_face(raw, str(number), picture, PARTS)
    return raw


def correct(raw: Path, stem: str, data: bytes) -> Path:
    return write(raw / CORRECTED_FOLDER / f"{stem}.png", data)


def run(raw: Path, bank: Path) -> tuple[PrepareReport, Bank]:
    report = prepare(raw, str(bank), workers=1)
    return report, Bank(report.bank)


def labels(bank: Bank, entry: Entry) -> tuple[Image, Image, dict[str, object]]:
    members = bank.read(entry)
    return (
        decode_plane(members["mask.png"]),
        decode_plane(members["parsing.png"]),
        json.loads(members["json"]),
    )


def test_a_corrected_mask_is_the_face_mask_and_the_others_keep_the_policys(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw", 2)
    path = correct(raw, "1", mask_bytes(left_half(512, 512)))
    report, bank = run(raw, tmp_path / "bank")
    assert report.problems == ()
    plain, corrected = bank.entries("face")
    assert (plain.category, corrected.category) == ("", "corrected")
    mask, classes, metadata = labels(bank, corrected)
    assert np.array_equal(mask, left_half(512, 512))
    assert (metadata["mask"], metadata["mask_sha256"]) == ("corrected", sha256_bytes(path.read_bytes()))
    policy, before, metadata = labels(bank, plain)
    assert metadata["mask"] == "policy" and "mask_sha256" not in metadata
    assert np.array_equal(policy, disc(512, 512) & ~disc(512, 512, 0.2))
    on = np.isin(classes, [CLASS_IDS[name] for name in FACE_PARTS])
    assert np.array_equal(on, mask > 0), "map and mask agree"
    right = np.arange(512) >= 256
    assert (classes[:, right][before[:, right] == CLASS_IDS["skin"]] == 0).all()
    assert (classes[:, right][before[:, right] == CLASS_IDS["hair"]] == CLASS_IDS["hair"]).all()
    assert {*np.unique(classes[:, ~right])} == {0, CLASS_IDS["skin"], CLASS_IDS["nose"]}


def test_a_correction_in_the_alpha_channel_is_read_and_an_inverted_one_refuses_its_face(
    tmp_path: Path,
) -> None:
    raw = tree(tmp_path / "raw", 3)
    half, white = left_half(512, 512), np.full((512, 512), 255, np.uint8)
    correct(raw, "0", encoded(np.dstack([white] * 3 + [half]), "PNG"))
    correct(raw, "1", mask_bytes(255 - half))
    correct(raw, "2", mask_bytes(white))
    report, bank = run(raw, tmp_path / "bank")
    (entry,) = bank.entries("face")
    assert entry.id == "00000" and np.array_equal(labels(bank, entry)[0], half)
    assert [
        (problem.action, problem.path[-5:], problem.got.partition(":")[0]) for problem in report.problems
    ] == [
        ("converted", "0.png", "mask in the alpha channel"),
        ("refused", "1.png", "white in 4 corners and on 100% of the border"),
        ("refused", "2.png", "a mask that is white all over"),
    ]


def test_agreement_with_the_policy_is_recorded(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw", 2)
    policy = disc(512, 512) & ~disc(512, 512, 0.2)
    correct(raw, "0", mask_bytes(policy))
    correct(raw, "1", mask_bytes(left_half(512, 512)))
    _, bank = run(raw, tmp_path / "bank")
    same, other = (labels(bank, entry)[2]["policy_iou"] for entry in bank.entries("face"))
    both, either = (left_half(512, 512) & policy) > 0, (left_half(512, 512) | policy) > 0
    assert same == 1 and other == pytest.approx(both.sum() / either.sum(), abs=1e-4)


@pytest.mark.parametrize(
    ("height", "width", "photo"),
    [(1024, 1024, (1024, 1024)), (400, 400, (1024, 1024)), (300, 200, (600, 400))],
)
def test_any_size_of_the_same_aspect_will_do(
    tmp_path: Path, height: int, width: int, photo: tuple[int, int]
) -> None:
    raw = tmp_path / "raw"
    parts = {"skin": disc(photo[0] // 2, photo[1] // 2, 0.8)}
    add_face(raw, "0", portrait(*photo), parts)
    correct(raw, "0", encoded(disc(height, width) // 255, "PNG"))
    report, bank = run(raw, tmp_path / "bank")
    assert report.refused == 0 and not any(CORRECTED_FOLDER in problem.path for problem in report.problems)
    mask, classes, _ = labels(bank, bank.entries("face")[0])
    assert mask.shape == classes.shape and mask.shape[0] == 512
    expected = cv2.resize(disc(height, width), mask.shape[::-1], interpolation=cv2.INTER_AREA) > 127
    assert ((mask > 0) != expected).mean() < 0.004
    assert np.array_equal(classes == CLASS_IDS["skin"], mask > 0)


def test_a_correction_may_uncover_a_face_that_the_policy_hides(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    add_face(raw, "0", portrait(1024, 1024), {"skin": disc(512, 512), "hat": disc(512, 512)})
    assert run(raw, tmp_path / "without")[0].refused == 1
    correct(raw, "0", mask_bytes(disc(512, 512)))
    report, bank = run(raw, tmp_path / "with")
    assert report.refused == 0
    assert labels(bank, bank.entries("face")[0])[2]["policy_iou"] == 0


SPECK = np.zeros((1024, 1024), np.uint8)
SPECK[5, 5] = 255
BAD = {
    "empty": (mask_bytes(disc(512, 512) * 0), "a mask with pixels, got an empty mask"),
    "speck": (mask_bytes(SPECK), "a mask with pixels, got one that is empty at half the photograph's size"),
    "aspect": (mask_bytes(disc(512, 400)), "the aspect of its photograph 1024x1024, got 400x512"),
    "values": (
        mask_bytes(disc(512, 512) // 255 * 9),
        "a mask of 0 and 255, or of 0 and 1, got values up to 9",
    ),
    "colour": (
        encoded(portrait(512, 512), "PNG"),
        "a mask with equal channels, or of one colour on black, got a coloured picture",
    ),
    "text": (b"text", "a mask, got 4 bytes that are no JPEG, PNG, WEBP, BMP image"),
}


def test_a_faulty_or_second_corrected_mask_refuses_its_face_and_no_other(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw", len(BAD) + 2)
    for number, (data, _) in enumerate(BAD.values()):
        correct(raw, str(number), data)
    last = len(BAD)
    correct(raw, str(last), mask_bytes(disc(512, 512)))
    correct(raw, f"00{last}", mask_bytes(disc(512, 512)))
    report, bank = run(raw, tmp_path / "bank")
    lines = [
        f"{CORRECTED_FOLDER}/{number}.png: expected {line}" for number, (_, line) in enumerate(BAD.values())
    ]
    assert sorted(str(problem) for problem in report.problems if problem.action == "refused") == [
        lines[0],
        f"{CORRECTED_FOLDER}/00{last}.png: expected one corrected mask a face, got a second one beside {CORRECTED_FOLDER}/{last}.png",
        *lines[1:],
    ]
    assert [entry.id for entry in bank.entries("face")] == [f"{last + 1:05d}"]
    assert FACES in bank.entries("face")[0].source


def test_grey_edges_are_cut_and_noted(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw")
    correct(raw, "0", encoded(cv2.GaussianBlur(disc(512, 512), (0, 0), 1.5), "PNG"))
    report, bank = run(raw, tmp_path / "bank")
    assert [(str(problem), problem.action) for problem in report.problems] == [
        (f"{CORRECTED_FOLDER}/0.png: expected an 8-bit mask of 0 and 255, got grey edges", "converted")
    ]
    assert ((labels(bank, bank.entries("face")[0])[0] > 0) != (disc(512, 512) > 0)).mean() < 0.002


def test_misplaced_masks_stop_the_command_before_the_bank_is_touched(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw")
    report, _ = run(raw, tmp_path / "bank")
    (raw / CORRECTED_FOLDER).mkdir()
    with pytest.raises(
        FileNotFoundError, match=r"expected masks 0.png and so on, got none; remove the folder"
    ):
        prepare(raw, report.bank, workers=1)
    assert len(Bank(report.bank).entries("face")) == 1


def test_corrected_masks_are_counted(tmp_path: Path) -> None:
    raw = tree(tmp_path / "raw", 3)
    assert "corrected masks" not in run(raw, tmp_path / "bank")[0].counts
    for stem in ("0", "2"):
        correct(raw, stem, mask_bytes(disc(512, 512)))
    assert run(raw, tmp_path / "bank")[0].counts["corrected masks"] == 2


def test_a_changed_corrected_mask_makes_its_own_shard_again_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.prepare.sources.PER_SHARD", 2)
    raw = tree(tmp_path / "raw", 4)
    correct(raw, "2", mask_bytes(disc(512, 512)))
    path = correct(raw, "3", mask_bytes(disc(512, 512)))
    report, before = run(raw, tmp_path / "bank")
    assert prepare(raw, report.bank, workers=1).unchanged
    shutil.copy(path, tmp_path / "3.png")
    correct(raw, "3", mask_bytes(left_half(512, 512)))
    again, after = run(raw, tmp_path / "bank")
    assert (again.unchanged, again.shards_made, again.shards_kept) == (False, 1, 1)
    shards = [{entry.shard for entry in bank.entries("face")} for bank in (before, after)]
    assert shards[0] & shards[1] == {before.entries("face")[2].shard}, "face 2 has one of its own"
    pairs = zip(before.entries("face"), after.entries("face"), strict=True)
    assert [old.sha256 == new.sha256 for old, new in pairs] == [True, True, True, False]
    shutil.copy(tmp_path / "3.png", path)
    assert run(raw, tmp_path / "bank")[1].index == before.index
