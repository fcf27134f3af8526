"""The transforms as training repositories use them: in Compose, in a PyTorch DataLoader."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import albumentations
import cv2
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from natocc import NatOcc, RandOcc
from shards.storage import sha256_bytes
from tests.natocc.banks import bank, out_of_reach, training_face

ROOT = Path(__file__).parents[3]


def pipeline(seed: int | None = None, **options: Any) -> albumentations.Compose:
    occlude = albumentations.OneOf([NatOcc(bank(), p=0.7, **options), RandOcc(bank(), p=0.3)], p=1)
    targets = {"alpha": "mask", "clean": "image"}
    return albumentations.Compose(
        [occlude, albumentations.HorizontalFlip(p=0.5)], additional_targets=targets, seed=seed
    )


def test_flips_after_it_carry_mask_alpha_and_clean_along() -> None:
    image, mask = training_face()
    transform, turned = pipeline(seed=1), 0
    for _ in range(10):
        out = transform(image=image, mask=mask, clean=image)
        report = out["occlusion"]
        was_flipped = np.array_equal(out["clean"], cv2.flip(image, 1))
        assert was_flipped or np.array_equal(out["clean"], image)
        face = cv2.flip(mask, 1) if was_flipped else mask
        assert np.array_equal(out["mask"], (face > 0) & (out["alpha"] / (255 * report["opacity"]) < 0.5))
        far = out_of_reach(out)
        assert np.array_equal(out["image"][far], out["clean"][far])
        turned += was_flipped
    assert 0 < turned < 10


def test_additional_masks_are_labelled_like_the_mask() -> None:
    image, mask = training_face()
    targets = {"second": "mask"}
    transform = albumentations.Compose([NatOcc(bank(), p=1)], additional_targets=targets, seed=1)
    out = transform(image=image, mask=mask, second=mask * np.uint8(200), other="kept")
    assert np.array_equal(out["second"], out["mask"] * np.uint8(200)) and out["other"] == "kept"
    assert np.count_nonzero(out["mask"]) < np.count_nonzero(mask)


def test_one_seed_of_compose_decides_everything() -> None:
    image, mask = training_face()
    first, again, other = pipeline(seed=7), pipeline(seed=7), pipeline(seed=8)
    made = [[one(image=image, mask=mask)["image"] for _ in range(4)] for one in (first, again, other)]
    assert all(np.array_equal(*pair) for pair in zip(made[0], made[1], strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(made[0], made[2], strict=True))
    assert not np.array_equal(made[0][0], made[0][1])


def test_compose_keeps_what_was_applied() -> None:
    image, mask = training_face()
    transform = albumentations.Compose([NatOcc(bank(), p=1)], save_applied_params=True, seed=2)
    out = transform(image=image, mask=mask)
    assert out["applied_transforms"] == [("NatOcc", out["occlusion"])]


def test_replay_compose_is_refused_rather_than_wrong() -> None:
    with pytest.raises(ValueError, match=r"expected A.Compose, got A.ReplayCompose"):
        albumentations.ReplayCompose([NatOcc(bank())])


class Faces(Dataset[dict[str, Any]]):
    """The same face again and again, as a training repository's dataset would read it."""

    def __init__(self, transform: Any, count: int) -> None:
        self.transform, self.count = transform, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> dict[str, Any]:
        image, mask = training_face(64, 64)
        out = self.transform(image=image, mask=mask)
        return {name: torch.from_numpy(out[name].copy()) for name in ("image", "mask", "alpha")} | {
            "occlusion": out["occlusion"]
        }


def epoch(loader: DataLoader[dict[str, Any]]) -> list[str]:
    """Hashes of the mattes of one epoch's samples, in order."""
    return [sha256_bytes(alpha.numpy().tobytes()) for batch in loader for alpha in batch["alpha"]]


def reseed(worker: int) -> None:
    """The usual worker_init_fn."""
    info = torch.utils.data.get_worker_info()
    info.dataset.transform.set_random_seed(info.seed % 2**32)


def two_epochs(init: Any, seed: int) -> list[str]:
    """Hashes of all mattes of two epochs of a DataLoader with two workers."""
    loader = DataLoader(
        Faces(pipeline(seed=5), 12),
        batch_size=3,
        num_workers=2,
        worker_init_fn=init,
        generator=torch.Generator().manual_seed(seed),
    )
    return epoch(loader) + epoch(loader)


@pytest.mark.parametrize("init", ["None", "reseed"])
def test_workers_and_epochs_differ_and_a_run_can_be_repeated(init: str) -> None:
    # Workers are forked here: from a fresh process, as a training script's are, not from one in which
    # a flow has run, whose threads a fork leaves behind.
    code = f"from {__name__} import *; print(json.dumps([two_epochs({init}, seed) for seed in (0, 0, 1)]))"
    fresh = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    mattes, again, other = json.loads(fresh.stdout)
    assert len(set(mattes)) == 24
    assert again == mattes
    assert not set(other) & set(mattes)


def test_spawned_workers_get_the_bank_and_batches_hold_the_reports() -> None:
    # No alpha as a target: what Compose does not know of, it leaves as it is.
    transform = NatOcc(bank(), p=0.5)
    loader = DataLoader(Faces(transform, 6), batch_size=3, num_workers=2, multiprocessing_context="spawn")
    batches = list(loader)
    assert len({int(seed) for batch in batches for seed in batch["occlusion"]["seed"]}) == 6
    for batch in batches:
        assert batch["image"].shape == (3, 64, 64, 3) and batch["alpha"].shape == (3, 64, 64)
        applied = batch["occlusion"]["applied"].tolist()
        assert [bool(alpha.any()) for alpha in batch["alpha"]] == applied
        assert [kind != "none" for kind in batch["occlusion"]["kind"]] == applied


def test_the_documented_example_runs(bank_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "transforms.md").read_text(encoding="utf-8")
    codes = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(codes) >= 2
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bank").symlink_to(bank_url)
    image, mask = training_face(128, 128)
    cv2.imwrite(str(tmp_path / "face.jpg"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    cv2.imwrite(str(tmp_path / "mask.png"), mask * 255)
    (tmp_path / "cutouts").mkdir()
    cup = cv2.merge([image[..., 0], image[..., 1], image[..., 2], mask * np.uint8(255)])
    cv2.imwrite(str(tmp_path / "cutouts" / "cup.png"), cup)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code in codes:
        exec(compile(code, "docs/transforms.md", "exec"), names)
    assert names["out"]["alpha"].shape == (128, 128)
