from __future__ import annotations

import numpy as np
import pytest

from natocc.geometry import Image
from tasks.infer.network import Floats32, ReadyNetwork
from tasks.infer.predict import TTA_SCALES, predict, predict_faces, side_for


def network(classes: int, *, any_size: bool = True) -> ReadyNetwork:
    """Scores of class 0 are -0.5, of class 4 the red, of class 5 the green."""

    def scores(images: Floats32) -> Floats32:
        if classes == 1:
            return images[:, :1] - 0.5
        found = np.full((len(images), classes, *images.shape[2:]), -9, np.float32)
        found[:, 0] = -0.5
        found[:, 4], found[:, 5] = images[:, 0], images[:, 1]
        return found

    return ReadyNetwork(
        scores=scores, classes=classes, size=64, multiple=16, any_size=any_size, target="mask"
    )


def picture(height: int, width: int) -> Image:
    """Red on the left, green on the right, black at the top."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 0] = 255
    image[:, width // 2 :, 1] = 255
    image[: height // 2] = 0
    return image


def test_a_mask_has_the_picture_s_size_and_its_pixels_their_places() -> None:
    images = [picture(40, 60), picture(96, 32)]
    masks = list(predict(network(1), images, size=64, tta=False))
    for image, mask in zip(images, masks, strict=True):
        assert mask.shape == image.shape[:2] and mask.dtype == np.uint8
        assert ((mask == 1) == (image[..., 0] > 127)).mean() > 0.97


@pytest.mark.parametrize("tta", (False, True))
def test_left_and_right_classes_stay_on_their_sides(tta: bool) -> None:
    # A network that tells the sides of the image apart: the left half of what it sees is l_eye.
    def scores(images: Floats32) -> Floats32:
        found = np.full((len(images), 20, *images.shape[2:]), -9, np.float32)
        half = images.shape[3] // 2
        found[:, 4, :, :half], found[:, 5, :, half:] = 9, 9
        return found

    ready = ReadyNetwork(scores=scores, classes=20, size=64, multiple=16, any_size=True, target="parsing")
    (labels,) = predict(ready, [picture(50, 70)], size=64, tta=tta)
    assert set(np.unique(labels[:, :33])) == {4} and set(np.unique(labels[:, 37:])) == {5}


def test_classes_of_another_program_are_not_exchanged() -> None:
    def scores(images: Floats32) -> Floats32:
        found = np.full((len(images), 20, *images.shape[2:]), -9, np.float32)
        found[:, 4] = 9
        return found

    ready = ReadyNetwork(scores=scores, classes=20, size=64, multiple=16, any_size=True, target="mask")
    (labels,) = predict(ready, [picture(50, 70)], size=64, tta=True)
    assert set(np.unique(labels)) == {4}


def test_tta_scores_every_size_and_its_mirror_image() -> None:
    seen: list[tuple[int, bool]] = []

    def scores(images: Floats32) -> Floats32:
        seen.append((images.shape[2], bool(images[0, 0, -1, 0] > images[0, 0, -1, -1])))
        return images[:, :1] - 0.5

    ready = ReadyNetwork(scores=scores, classes=1, size=64, multiple=16, any_size=True, target="mask")
    list(predict(ready, [picture(64, 64)], size=64, tta=True))
    assert sorted(seen) == sorted((int(64 * scale), way) for scale in TTA_SCALES for way in (False, True))


def test_a_size_that_a_network_can_t_take_is_refused() -> None:
    ready = network(1)
    assert side_for(ready, None, tta=True) == 64 and side_for(ready, 32, tta=False) == 32
    with pytest.raises(
        ValueError, match="--size: expected a multiple of 16 for this network, got 40; use 48"
    ):
        side_for(ready, 40, tta=False)
    fixed = network(1, any_size=False)
    with pytest.raises(ValueError, match="expected 64, for which this ONNX network was exported, got 32"):
        side_for(fixed, 32, tta=False)
    with pytest.raises(ValueError, match="--tta: expected a network that takes several sizes, got ONNX"):
        side_for(fixed, None, tta=True)


@pytest.mark.parametrize("classes", (1, 20))
def test_the_probability_of_face_has_the_size_that_is_asked_for(classes: int) -> None:
    (found,) = predict_faces(network(classes), [picture(64, 64)], [(32, 48)], size=64, tta=False)
    assert found.labels.shape == found.face.shape == (32, 48) and found.face.dtype == np.float32
    # Red is the class l_eye, green r_eye; both are face. Of one class, red alone is.
    face = found.face > 0.5
    assert face[20:, :20].all() and face[20:, 28:].all() == (classes == 20)


def test_the_labels_of_a_binary_network_are_its_probabilities_above_a_half() -> None:
    (found,) = predict_faces(network(1), [picture(64, 64)], [(64, 64)], size=64, tta=True)
    assert np.array_equal(found.labels == 1, found.face > 0.5)
