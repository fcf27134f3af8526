"""One picture and a prediction, as counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.masks.policy import POLICIES
from tasks.benchmark.counts.table import CALIBRATION_BINS
from tasks.benchmark.sets.picture import TestPicture
from tasks.infer.predict import visible_face_in

AS_LABELLED, AS_TRAINED = "as labelled", "as trained"
# Width of the band along the outline, as a share of the picture's diagonal (Cheng et al. 2021).
_BAND = 0.02
# Label policies by whether glasses are face (docs/label-policies.md).
_GLASSES_ARE_FACE = {name: int("eye_g" in policy.face) for name, policy in POLICIES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """What predicted: a network and what it learnt from, or masks of others (``mixture`` "", ``seed`` -1)."""

    network: str
    mixture: str = ""
    seed: int = -1
    # sha256 of the weights.
    checkpoint: str = ""
    tta: bool = False
    # Label policy of what it learnt; "" if not known.
    policy: str = ""

    def columns(self) -> dict[str, object]:
        """Its columns of the table of counts."""
        columns = asdict(self)
        del columns["policy"]
        return columns


def measure_picture(
    picture: TestPicture,
    labels: Image,
    face: NDArray[np.float32] | None,
    *,
    predictor: Predictor,
    set_name: str,
    policy: str,
    classes: int = 2,
) -> Iterator[dict[str, object]]:
    """Yield a row of ``COUNTS_SCHEMA`` for each reading of the label.

    ``labels``: uint8 (H, W) of the mask's size, the predicted classes. ``face``: float32 (H, W), the
    probability of visible face in [0, 1]; None if there is none. ``policy`` is the set's. The second reading
    is given where the picture's glasses are known and the policies of set and predictor differ in them.
    Raises ValueError for labels of another size.
    """
    if labels.shape != picture.mask.shape:
        raise ValueError(
            f"{set_name}: {picture.facts.key}: expected a prediction of {_size(picture.mask)}, got "
            f"{_size(labels)}"
        )
    predicted = visible_face_in(labels, classes)
    for reading, mask in _readings(picture, policy, predictor.policy):
        truth = mask > 0
        both, either = boundary_counts(truth, predicted)
        yield {
            **predictor.columns(),
            **_facts(picture),
            "set": set_name,
            "reading": reading,
            **_confusion(picture, truth, labels, predicted, classes),
            "boundary_both": both,
            "boundary_either": either,
            **_band_error(picture, face),
            **_calibration(truth, face),
        }


def boundary_counts(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the pixels in both outlines' bands, and those in either (Cheng et al. 2021, Boundary IoU).

    A band is what erosion by ``_BAND`` of the diagonal takes from a mask, at least one pixel; beyond the
    picture nothing is face.
    """
    width = max(1, round(_BAND * float(np.hypot(*truth.shape))))
    first, second = (_band(mask, width) for mask in (truth, predicted))
    return int(np.count_nonzero(first & second)), int(np.count_nonzero(first | second))


def _band(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    kernel = np.ones((2 * width + 1, 2 * width + 1), np.uint8)
    inner = cv2.erode(mask.view(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(mask & (inner == 0))


def _readings(picture: TestPicture, policy: str, trained: str) -> Iterator[tuple[str, Image]]:
    yield AS_LABELLED, picture.mask
    known = policy in _GLASSES_ARE_FACE and trained in _GLASSES_ARE_FACE
    if known and policy != trained and picture.disputed is not None:
        value = np.uint8(_GLASSES_ARE_FACE[trained])
        yield AS_TRAINED, np.where(picture.disputed > 0, value, picture.mask)


def _facts(picture: TestPicture) -> dict[str, object]:
    height, width = picture.mask.shape
    facts = picture.facts
    return {**asdict(facts), "group": facts.group, "height": height, "width": width}


def _confusion(
    picture: TestPicture,
    truth: NDArray[np.bool_],
    labels: Image,
    predicted: NDArray[np.bool_],
    classes: int,
) -> dict[str, object]:
    """Of face and background, unless both sides know more classes."""
    if classes > 2 and picture.parsing is not None:
        first, second, count = picture.parsing, labels, classes
    else:
        first, second, count = truth.view(np.uint8), predicted.view(np.uint8), 2
    places = first.ravel().astype(np.int64) * count + second.ravel()
    # Pixels that no class is stated for are of 255.
    counted = np.bincount(places[first.ravel() < count], minlength=count * count)
    return {"classes": count, "confusion": counted.tolist()}


def _band_error(picture: TestPicture, face: NDArray[np.float32] | None) -> dict[str, object]:
    """Errors where the matte is between 0 and 1 on the face: there face shows by 1 - alpha."""
    if picture.alpha is None or picture.clean_mask is None or face is None:
        return {"band_pixels": 0, "band_absolute": 0.0, "band_squared": 0.0}
    band = (picture.alpha > 0) & (picture.alpha < 255) & (picture.clean_mask > 0)
    error = face[band].astype(np.float64) - (1 - picture.alpha[band] / 255)
    return {
        "band_pixels": int(error.size),
        "band_absolute": float(np.abs(error).sum()),
        "band_squared": float(np.square(error).sum()),
    }


def _calibration(truth: NDArray[np.bool_], face: NDArray[np.float32] | None) -> dict[str, object]:
    if face is None:
        return {"bin_pixels": [], "bin_probability": [], "bin_face": []}
    values = np.clip(face.ravel().astype(np.float64), 0, 1)
    bins = np.minimum((values * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    return {
        "bin_pixels": np.bincount(bins, minlength=CALIBRATION_BINS).tolist(),
        "bin_probability": np.bincount(bins, values, CALIBRATION_BINS).tolist(),
        "bin_face": np.bincount(bins[truth.ravel()], minlength=CALIBRATION_BINS).tolist(),
    }


def _size(plane: Image) -> str:
    return f"{plane.shape[1]}x{plane.shape[0]}"
