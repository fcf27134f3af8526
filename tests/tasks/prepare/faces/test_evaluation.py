"""RealOcc-Wild, COFW and FaceOcc's masks of it, from raw tree to bank."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from assets.bank.reader import Bank
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from shards.reader import read_shard
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.prepare.report import PrepareReport
from tasks.verify.bank import verify_bank
from tests.bank_entries import flip_bit, shard_file
from tests.cofw_files import add_cofw, pictures
from tests.raw_trees import add_face, add_occluded, add_sidecar, disc, encoded, portrait, write

pytestmark = pytest.mark.xdist_group("prepare_evaluation")

WILD, CROPS = "RealOcc-Wild", "FaceOcc/COFW_test"


def add_pair(raw: Path, image: str, picture: Image, mask: str, plane: Image) -> None:
    form = "PNG" if image.endswith(".png") else "JPEG"
    write(raw / image, encoded(picture, form))
    write(raw / mask, encoded(plane, "PNG"))


def add_wild(raw: Path, stem: str, size: tuple[int, int], plane: Image) -> None:
    add_pair(raw, f"{WILD}/images/{stem}.jpg", portrait(*size), f"{WILD}/masks/{stem}.png", plane)


def add_crop(raw: Path, stem: str, plane: Image) -> None:
    size = plane.shape[0], plane.shape[1]
    add_pair(raw, f"{CROPS}/img/{stem}.png", portrait(*size), f"{CROPS}/mask/{stem}.png", plane)


def tree(raw: Path) -> None:
    """A face, a really occluded one, and of each further dataset what can come."""
    add_face(raw, "0")
    add_occluded(raw, "00041")
    add_wild(raw, "ones", (90, 130), disc(90, 130) // 255)
    add_wild(raw, "x.white", (200, 70), disc(200, 70))
    add_wild(raw, "classes", (80, 80), disc(80, 80) // 255 * 7)
    add_wild(raw, "grey", (80, 80), np.asarray(cv2.GaussianBlur(disc(80, 80), (0, 0), 2), np.uint8))
    add_wild(raw, "other", (80, 80), disc(80, 60))
    add_wild(raw, "inverted", (80, 80), 255 - disc(80, 80))
    add_wild(raw, "full", (80, 80), disc(80, 80) | 255)
    add_crop(raw, "1", disc(256, 256))
    add_crop(raw, "2", np.repeat(disc(256, 256, 0.4)[..., None], 3, axis=2))
    add_crop(raw, "3", disc(128, 128))
    add_cofw(raw / "COFW", "train", pictures(3))
    add_cofw(raw / "COFW", "test", [*pictures(2), None])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, PrepareReport]:
    folder = tmp_path_factory.mktemp("evaluation")
    tree(folder / "raw")
    return folder / "raw", str(folder / "bank"), prepare(folder / "raw", str(folder / "bank"), workers=1)


def shard(bank: str, name: str) -> dict[str, dict[str, bytes]]:
    return dict(read_shard(str(shard_file(bank, f"{name}-000000"))))


def test_each_dataset_is_a_shard_of_its_own(made: tuple[Path, str, PrepareReport]) -> None:
    _, bank, report = made
    index = Bank(bank).index
    files = {name: shard_file(bank, f"{name}-000000").name for name in ("realocc", "realocc_wild", "cofw")}
    assert report.counts["occluded faces"] == 6
    assert index["evaluation"] == {
        "faces": 6,
        "datasets": {
            "RealOcc": {"file": files["realocc"], "faces": 1, "licence": "RealOcc: no licence stated"},
            WILD: {"file": files["realocc_wild"], "faces": 2, "licence": f"{WILD}: no licence stated"},
            "COFW": {
                "file": files["cofw"],
                "faces": 3,
                "licence": "COFW: CC BY 4.0; masks of FaceOcc: MIT",
            },
        },
    }
    for name in (*files.values(), "cofw.parquet"):
        assert index["files"][name] == sha256_bytes(Path(bank, name).read_bytes())  # type: ignore[index]
    assert [entry.kind for entry in Bank(bank).entries("face")] == ["face"], "none is composited on"


def test_masks_of_0_and_1_and_of_0_and_255_become_the_same(made: tuple[Path, str, PrepareReport]) -> None:
    wild = shard(made[1], "realocc_wild")
    assert [key[:4] for key in wild] == ["ones", "x_wh"]
    for found, (height, width) in zip(wild.values(), [(90, 130), (200, 70)], strict=True):
        assert np.array_equal(decode_plane(found["mask.png"]), disc(height, width) // 255)
        assert decode_rgb(found["jpg"]).shape == (height, width, 3)
        assert json.loads(found["json"])["dataset"] == WILD
    assert next(iter(wild.values()))["jpg"] == (made[0] / f"{WILD}/images/ones.jpg").read_bytes()


def test_crops_of_faceocc_are_faces_of_cofw(made: tuple[Path, str, PrepareReport]) -> None:
    crops = shard(made[1], "cofw")
    assert [*crops] == ["00001", "00002", "00003"]
    assert np.array_equal(decode_plane(crops["00002"]["mask.png"]), disc(256, 256, 0.4) // 255)
    metadata = json.loads(crops["00001"]["json"])
    assert (metadata["dataset"], metadata["source"]) == ("COFW", f"{CROPS}/img/1.png")


def test_refused_and_deviating_pictures_are_reported(made: tuple[Path, str, PrepareReport]) -> None:
    _, _, report = made
    plain = "a mask of 0 and 1, or of 0 and 255, and of nothing between"
    assert [str(problem) for problem in report.problems if problem.action == "refused"] == [
        f"{WILD}/masks/classes.png: expected a mask of 0 and 255, or of 0 and 1, got values up to 7",
        f"{WILD}/masks/full.png: expected a mask of the face alone, got a mask that is white all over",
        f"{WILD}/masks/grey.png: expected {plain}, got grey values",
        f"{WILD}/masks/inverted.png: expected white on the face and black around it, got white in 4 corners and on "
        "100% of the border: it looks inverted; invert the file",
        f"{WILD}/masks/other.png: expected a mask of its photograph's size 80x80, got 60x80",
        "COFW/COFW_test_color.mat image 2: expected an image, got an empty cell",
    ]
    noted = {str(problem) for problem in report.problems if problem.action != "refused"}
    assert {
        f"{WILD}/images: expected 270 pictures, as published, got 7",
        f"{CROPS}/img: expected 507 pictures, as published, got 3",
        f"{CROPS}/img/3.png: expected 256x256, got size 128x128",
        "COFW/COFW_train_color.mat: expected 1345 faces, as published, got 3",
        "COFW/COFW_train_color.mat: expected 44 grey images, as published, got 1",
        "COFW/COFW_test_color.mat: expected 507 faces, as published, got 3",
    } <= noted
    assert not any("mask/2.png" in line for line in noted), "three equal channels need no note"


def test_landmarks_of_cofw_are_a_table(made: tuple[Path, str, PrepareReport]) -> None:
    bank = made[1]
    assert Bank(bank).index["cofw"] == {"train": 3, "train_genuine": 0, "test": 2}
    rows = pq.read_table(io.BytesIO(Path(bank, "cofw.parquet").read_bytes())).to_pylist()
    assert [row["id"] for row in rows] == [
        "train_00000", "train_00001", "train_00002", "test_00000", "test_00001"
    ]  # fmt: skip
    last = rows[2]
    assert (last["x"][:2], last["y"][:2], last["occluded"][:2]) == ([12, 13], [5, 6], [True, False])
    assert (last["height"], last["width"], last["box"]) == (40, 52, [10, 3, 32, 33])
    assert last["pixels_sha256"] == sha256_bytes(pictures(3)[2].tobytes())
    assert [row["grey"] for row in rows] == [False, True, False, False, True]


def test_the_score_on_realocc_stays_of_realocc_alone(made: tuple[Path, str, PrepareReport]) -> None:
    faces = [key for dataset, key, _ in Bank(made[1]).evaluated() if dataset == "RealOcc"]
    assert faces == ["00041"]


def test_a_second_call_is_unchanged_and_workers_do_not_matter(
    made: tuple[Path, str, PrepareReport], tmp_path: Path
) -> None:
    raw, bank, report = made
    again = prepare(raw, bank, workers=1)
    assert again.unchanged and (again.counts, again.problems) == (report.counts, report.problems)
    prepare(raw, str(tmp_path), workers=2)
    files = {path.name: path.read_bytes() for path in Path(bank).iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == files


def test_what_is_taken_out_of_the_raw_folder_leaves_the_bank(
    made: tuple[Path, str, PrepareReport], tmp_path: Path
) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    shutil.copytree(made[0], raw)
    shutil.copytree(made[1], bank)
    for folder in (WILD, "FaceOcc", "COFW"):
        shutil.rmtree(raw / folder)
    report = prepare(raw, str(bank), workers=1)
    assert report.counts["occluded faces"] == 1 and report.refused == 0
    assert not [path for path in bank.iterdir() if path.name.startswith(("realocc_wild-", "cofw"))]
    assert "cofw" not in Bank(str(bank)).index


def test_a_changed_file_makes_the_bank_anew(made: tuple[Path, str, PrepareReport], tmp_path: Path) -> None:
    corrected = "CelebAMask-HQ-masks_corrected/0.png"
    for number, change in enumerate((f"{CROPS}/mask/1.png", "COFW/COFW_test_color.mat", corrected)):
        raw, bank = tmp_path / f"raw{number}", tmp_path / f"bank{number}"
        shutil.copytree(made[0], raw)
        shutil.copytree(made[1], bank)
        if change == corrected:
            write(raw / change, encoded(disc(160, 160, 0.5), "PNG"))
        elif change.endswith("png"):
            add_crop(raw, "1", disc(256, 256, 0.2))
        else:
            add_cofw(raw / "COFW", "test", pictures(1))
        assert not prepare(raw, str(bank), workers=1).unchanged, change


def test_a_photograph_or_person_to_test_on_is_not_trained_on(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for stem in ("0", "1", "2"):
        add_face(raw, stem, encoded(np.roll(portrait(), int(stem), axis=1)))
    same = (raw / "CelebAMask-HQ/CelebA-HQ-img/0.jpg").read_bytes()
    write(raw / f"{WILD}/image/w.jpg", same)
    write(raw / f"{WILD}/mask/w.png", encoded(disc(160, 160), "PNG"))
    add_crop(raw, "7", disc(256, 256))
    add_sidecar(raw / CROPS, {"file": "img/7.png", "person": "ada"})
    add_sidecar(raw / "CelebAMask-HQ", {"file": "CelebA-HQ-img/1.jpg", "person": "ada"})
    report = prepare(raw, str(tmp_path / "bank"), workers=1)
    splits = [entry.split for entry in Bank(report.bank).entries("face")]
    assert splits == ["test", "test", "train"] and report.moved_to_test == 2


def test_without_h5py_the_bank_is_left_alone(
    made: tuple[Path, str, PrepareReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path(made[1], "bank.json").read_bytes()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ValueError, match=r"pip install .*\[cofw\]"):
        prepare(made[0], made[1], workers=1)
    assert Path(made[1], "bank.json").read_bytes() == before


def test_damage_of_a_table_beside_the_bank_is_found_and_prepared_away(
    made: tuple[Path, str, PrepareReport], tmp_path: Path
) -> None:
    bank = Path(shutil.copytree(made[1], tmp_path / "bank"))
    names = ("cofw.parquet", "records/cofw_table.json", shard_file(bank, "realocc_wild-000000").name)
    before = {name: (bank / name).read_bytes() for name in names}
    for name in names:
        flip_bit(bank / name, 200)
        assert [finding.startswith(name) for finding in verify_bank(str(bank))[1]] == [True]
        prepare(made[0], str(bank), workers=1)
        assert {other: (bank / other).read_bytes() for other in names} == before
