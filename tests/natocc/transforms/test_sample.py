"""Every target that Albumentations knows, in Compose and when a transform is called alone."""

from __future__ import annotations

from typing import Any

import albumentations
import numpy as np
import pytest

from tests.natocc.banks import make, training_face


def occlude(where: str, data: dict[str, Any], **compose: Any) -> dict[str, Any]:
    """NatOcc alone or in Compose, from the same random numbers."""
    transform = make("natocc")
    if where == "alone":
        transform.set_random_seed(3)
    else:
        transform = albumentations.Compose([transform], seed=3, **compose)
    return dict(transform(**data))


@pytest.mark.parametrize("where", ["alone", "compose"])
@pytest.mark.parametrize("dtype", [np.uint8, np.bool_, np.float32, np.float64])
def test_a_mask_comes_back_in_its_shape_and_dtype(where: str, dtype: Any) -> None:
    image, mask = training_face(128, 96)
    plain = occlude(where, {"image": image, "mask": mask})
    given = mask.astype(dtype)[..., None]
    out = occlude(where, {"image": image, "mask": given})
    assert out["mask"].dtype == dtype and out["mask"].shape == (128, 96, 1)
    assert np.array_equal(out["mask"][..., 0], plain["mask"]) and out["occlusion"] == plain["occlusion"]
    assert out["occlusion"]["applied"] and out["alpha"].shape == (128, 96)


@pytest.mark.parametrize("where", ["alone", "compose"])
@pytest.mark.parametrize("stacked", [False, True])
def test_masks_are_labelled_like_the_mask(where: str, stacked: bool) -> None:
    image, mask = training_face(128, 96)
    upper = mask.copy()
    upper[64:] = 0
    masks: Any = np.stack([mask, upper]) if stacked else [mask, upper]
    out = occlude(where, {"image": image, "mask": mask, "masks": masks})
    assert type(out["masks"]) is type(masks) and len(out["masks"]) == 2
    assert np.count_nonzero(out["mask"]) < np.count_nonzero(mask)
    assert np.array_equal(out["masks"][0], out["mask"])
    assert np.array_equal(out["masks"][1], upper * out["mask"])
    without = occlude(where, {"image": image, "masks": masks})
    assert np.array_equal(without["image"], out["image"]), "the first of them shows the face"
    assert len(occlude(where, {"image": image, "mask": mask, "masks": []})["masks"]) == 0


@pytest.mark.parametrize("where", ["alone", "compose"])
@pytest.mark.parametrize("stacked", [False, True])
def test_several_images_are_occluded_alike(where: str, stacked: bool) -> None:
    image, mask = training_face(128, 96)
    darker = (image // 2).astype(np.uint8)
    images: Any = [image, darker, image]
    masks: Any = [mask, mask, np.zeros_like(mask)]
    if stacked:
        images, masks = np.stack(images), np.stack(masks)
    out = occlude(where, {"images": images, "masks": masks})
    alone = occlude(where, {"image": image, "mask": mask})
    assert type(out["images"]) is type(images) and type(out["masks"]) is type(masks)
    assert out["alpha"].shape == (3, 128, 96)
    for key, target in (("images", "image"), ("masks", "mask"), ("alpha", "alpha")):
        assert np.array_equal(out[key][0], alone[target])
    assert out["occlusion"]["params"] == alone["occlusion"]["params"]
    assert (out["images"][1] != darker).any() and np.array_equal(out["masks"][1], out["masks"][0])
    assert np.array_equal(out["images"][2], image) and not out["alpha"][2].any(), "no face, no occluder"
    again = make("natocc").replay(images=images, masks=masks, occlusion=out["occlusion"])
    assert np.array_equal(again["images"], out["images"]) and np.array_equal(again["alpha"], out["alpha"])


def test_flips_after_it_carry_the_mattes_of_several_images_along() -> None:
    image, mask = training_face(128, 96)
    flipped = albumentations.Compose(
        [make("natocc"), albumentations.HorizontalFlip(p=1)], additional_targets={"alpha": "masks"}, seed=3
    )
    out = flipped(images=[image, image], masks=[mask, mask])
    plain = occlude("compose", {"images": [image, image], "masks": [mask, mask]})
    assert np.array_equal(out["alpha"], plain["alpha"][..., ::-1])
    assert np.array_equal(out["images"][1], plain["images"][1][:, ::-1])


def test_an_image_that_is_not_occluded_is_the_one_that_came() -> None:
    image, mask = training_face(64, 64)
    out = make("natocc", p=0)(images=[image], masks=[mask])
    assert out["images"][0] is image and out["masks"][0] is mask and not out["alpha"].any()


def test_boxes_and_points_stay_where_they_are() -> None:
    image, mask = training_face(64, 64)
    params = {
        "bbox_params": albumentations.BboxParams(format="pascal_voc", label_fields=["labels"]),
        "keypoint_params": albumentations.KeypointParams(format="xy"),
    }
    data = {"image": image, "mask": mask, "bboxes": [(3.0, 4.0, 30.0, 40.0)], "labels": ["face"]}
    for where in ("alone", "compose"):
        out = occlude(where, data | {"keypoints": [(3.0, 4.0)]}, **params)
        assert [tuple(box) for box in out["bboxes"]] == [(3.0, 4.0, 30.0, 40.0)]
        assert [tuple(point) for point in out["keypoints"]] == [(3.0, 4.0)] and out["labels"] == ["face"]


@pytest.mark.parametrize("key", ["volume", "volumes", "mask3d", "masks3d"])
def test_volumes_are_refused(key: str) -> None:
    image, mask = training_face(64, 64)
    volume = np.zeros((2, 2, 64, 64) if key.endswith("s") or key == "masks3d" else (2, 64, 64), np.uint8)
    for where in ("alone", "compose"):
        with pytest.raises(ValueError, match=f"NatOcc: expected images and masks, got {key}"):
            occlude(where, {"image": image, "mask": mask, key: volume})


def test_two_mattes_lie_over_each_other() -> None:
    image, mask = training_face(64, 64)
    data = {"image": image, "mask": mask}
    alone = make("natocc").occlude(**data, seed=1)["alpha"]
    half = np.full((64, 64), 128, np.uint8)
    both = make("natocc").occlude(**data, alpha=half, seed=1)["alpha"]
    assert np.abs(both / 255 - (1 - (1 - alone / 255) * (1 - half / 255))).max() <= 0.51 / 255
