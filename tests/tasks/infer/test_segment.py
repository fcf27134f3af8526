from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
import torch

from natocc.codecs import decode_plane, encode_jpeg
from natocc.resize.square import stretch_to_square
from tasks.infer.options import SegmentOptions
from tasks.infer.segment import overlaid, segment_pictures
from tasks.options import OptionsError
from tests.models.published import saved
from tests.models.segmenters.segformer import nvidia
from tests.tasks.infer.checkpoints import checkpoint


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    face = skimage.data.astronaut()
    (folder / "whole.jpg").write_bytes(encode_jpeg(face))
    (folder / "wide.jpg").write_bytes(encode_jpeg(np.ascontiguousarray(face[:90, :250])))
    (folder / "broken.jpg").write_bytes(b"nothing")
    return folder


@pytest.mark.parametrize(("classes", "values"), [(1, {0, 255}), (2, {0, 255}), (20, set(range(20)))])
def test_masks_have_the_pictures_sizes_and_do_not_depend_on_the_batch(
    pictures: Path, tmp_path: Path, classes: int, values: set[int]
) -> None:
    given = {"images": (pictures,), "checkpoint": checkpoint(tmp_path, classes=classes), "device": "cpu"}
    reports = [
        segment_pictures(
            SegmentOptions(**given, out=tmp_path / f"out{batch}", batch=batch, overlay=batch == 3)
        )
        for batch in (1, 3)
    ]
    assert [[problem.path for problem in one.problems] for one in reports] == [
        [str(pictures / "broken.jpg")]
    ] * 2
    assert (reports[0].size, reports[0].classes) == (64, classes)
    for name, size in (("whole", (512, 512)), ("wide", (90, 250))):
        one, other = ((tmp_path / f"out{batch}" / f"{name}.png").read_bytes() for batch in (1, 3))
        mask = decode_plane(one)
        assert mask.shape == size and set(np.unique(mask).tolist()) <= values
        assert (mask != decode_plane(other)).mean() < 1e-3
        share = reports[0].shares[str(tmp_path / "out1" / f"{name}.png")]
        assert share == round(float((mask > 0).mean()), 4)
    assert len(reports[1].overlays) == 2 and not reports[0].overlays
    overlay = cv2.imread(reports[1].overlays[0])
    assert overlay is not None and overlay.shape[:2] == (512, 512)


def test_a_file_of_nvidia_gives_its_own_classes(pictures: Path, tmp_path: Path) -> None:
    content = nvidia.checkpoint(0, 150)
    state = content["state_dict"]
    assert isinstance(state, dict)
    image = cv2.imread(str(pictures / "wide.jpg"), cv2.IMREAD_COLOR_RGB)
    assert image is not None
    images = torch.from_numpy(stretch_to_square(image, 64)).permute(2, 0, 1)[None] / 255
    # Classes are equal on average, so that the picture decides.
    state["decode_head.linear_pred.bias"] -= nvidia.scores(state, images).mean((0, 2, 3))
    expected = nvidia.scores(state, images)[0].argmax(0).byte().numpy()
    given = tmp_path / "segformer.b0.512x512.ade.160k.pth"
    given.write_bytes(saved(content))
    options = SegmentOptions(
        images=(pictures / "wide.jpg",), checkpoint=str(given), out=tmp_path / "out", size=64, device="cpu"
    )
    report = segment_pictures(options)
    mask = decode_plane((tmp_path / "out" / "wide.png").read_bytes())
    assert report.classes == 150 and len(np.unique(expected)) > 10
    assert (mask == cv2.resize(expected, (250, 90), interpolation=cv2.INTER_NEAREST)).mean() > 0.7


def test_an_overlay_changes_the_mask_s_pixels_alone() -> None:
    image = skimage.data.astronaut()
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[100:200, 150:300] = 255
    mixed = overlaid(image, mask)
    beyond = cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0
    assert np.array_equal(mixed[beyond], image[beyond])
    assert (mixed[105:195, 155:295, 0] >= image[105:195, 155:295, 0]).mean() > 0.99


def test_what_is_missing_is_named_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OptionsError) as error:
        SegmentOptions.for_run(images=(tmp_path / "no.jpg",), checkpoint="no.pt", out=tmp_path / "out")
    assert "expected a picture or a folder, got nothing at" in str(error.value)
    assert "expected a checkpoint, got no file at no.pt" in str(error.value)
