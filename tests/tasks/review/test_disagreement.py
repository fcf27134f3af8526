"""A segmenter that knows the face disagrees with the mask that is wrong."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from assets.bank.reader import Bank
from models.segmenters.checkpoint import encode_segmenter
from models.segmenters.unet.network import UNet
from natocc.geometry import Image
from tasks.review.disagreement import compare_masks, measure_disagreements
from tests.scored_faces import scored_bank


def square(*corners: tuple[int, int, int, int]) -> Image:
    plane = np.zeros((64, 64), np.uint8)
    for x0, y0, x1, y1 in corners:
        plane[y0:y1, x0:x1] = 255
    return plane


def test_pieces_of_the_difference_are_counted_and_rims_are_not() -> None:
    mask = square((10, 10, 50, 50))
    assert compare_masks(mask, mask, 0.01) == compare_masks(mask // 255, mask, 0.01)
    assert (compare_masks(mask, mask, 0.01).iou, compare_masks(mask, mask, 0.01).components) == (1, 0)
    rim = compare_masks(square((9, 9, 51, 51)), mask, 0.01)
    assert rim.components == 0 and 0.85 < rim.iou < 1
    holes = mask.copy()
    holes[15:25, 15:25] = holes[35:45, 35:45] = 0
    two = compare_masks(holes, mask, 0.01)
    assert two.components == 2 and two.iou == pytest.approx(1 - 200 / 1600)
    assert compare_masks(holes, mask, 0.1).components == 0
    nothing = square()
    assert compare_masks(nothing, nothing, 0.01).iou == 1 and compare_masks(nothing, mask, 0.01).iou == 0


def taught(bank: Bank, name: str, size: int) -> UNet:
    """A network that has learnt one mask by heart."""
    torch.manual_seed(0)
    network = UNet(width=8)
    entry = next(one for one in bank.entries("face") if one.id == name)
    members = bank.read(entry)
    bgr = cv2.imdecode(np.frombuffer(members["jpg"], np.uint8), cv2.IMREAD_COLOR)
    image = cv2.resize(bgr[..., ::-1].copy(), (size, size), interpolation=cv2.INTER_AREA)
    mask = cv2.imdecode(np.frombuffer(members["mask.png"], np.uint8), cv2.IMREAD_GRAYSCALE)
    small = cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA) > 127
    x = torch.from_numpy(image.transpose(2, 0, 1)).float()[None] / 255
    y = torch.from_numpy(small).float()[None, None]
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(25):
        optimiser.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(network(x), y).backward()
        optimiser.step()
    return network


def test_the_wrong_mask_stands_out(tmp_path: Path) -> None:
    bank = Bank(scored_bank(str(tmp_path / "bank")))
    checkpoint = tmp_path / "segmenter.pt"
    checkpoint.write_bytes(encode_segmenter(taught(bank, "true_face", 64), "unet"))
    calls: list[tuple[int, int | None]] = []
    found = measure_disagreements(
        bank, str(checkpoint), size=64, on_progress=lambda *call: calls.append(call)
    )
    assert found["true_face"].iou > 0.9 and found["true_face"].components == 0
    assert found["wide_mask"].iou < 0.85 and found["wide_mask"].components >= 1
    assert calls == [(0, 3), (3, 3)]


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    bank = Bank(scored_bank(str(tmp_path / "bank")))
    path = tmp_path / "segmenter.pt"
    with pytest.raises(FileNotFoundError):
        measure_disagreements(bank, str(path))
    path.write_bytes(b"words")
    with pytest.raises(
        ValueError, match=r"segmenter\.pt: expected a checkpoint of tensors alone, got a text"
    ):
        measure_disagreements(bank, str(path))
    whole = encode_segmenter(UNet(width=8), "unet")
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"segmenter\.pt: expected a checkpoint of tensors.*damaged"):
        measure_disagreements(bank, str(path))
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="size: expected a multiple of 16 from 16 up, got 100"):
        measure_disagreements(bank, str(path), size=100)
