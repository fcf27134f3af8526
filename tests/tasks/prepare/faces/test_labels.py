from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.pictures.photograph import Picture
from assets.problems import BadInput
from assets.records import Frame, Origin, RawFace
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS
from tasks.prepare.faces.labels import (
    conversions_of_face_mask,
    half_size,
    label_face,
    other_aspect,
    resize_binary,
    size_text,
)
from tests.raw_trees import disc, mask_bytes, portrait, write

SIDE = 160
PICTURE = Picture(rgb=portrait(SIDE, SIDE), notes=(), data=b"", plain_jpeg=True)
PARTS = {"skin": disc(80, 80), "eye_g": disc(80, 80, 0.3), "hair": disc(80, 80, 0.1)}


def face(raw: Path, **fields: object) -> RawFace:
    origin = Origin(dataset="mine", photo="", licence="")
    blank = RawFace(id="0", image=raw / "0.jpg", parts={}, landmarks={}, origin=origin)
    return replace(blank, **fields)  # type: ignore[arg-type]


def label(one: RawFace, raw: Path, policy: str = "voo") -> tuple[Image, Image, dict[str, object]]:
    labels = label_face(one, PARTS, PICTURE, PICTURE.rgb, policy, raw)
    return labels.mask, labels.classes, labels.metadata


def test_the_policy_decides_what_glasses_are(tmp_path: Path) -> None:
    glasses = (PARTS["eye_g"] > 0) & (PARTS["hair"] == 0)
    voo, classes, metadata = label(face(tmp_path), tmp_path, "voo")
    faceocc, _, _ = label(face(tmp_path), tmp_path, "faceocc")
    assert metadata == {"policy": "voo", "mask": "policy"}
    assert (classes[glasses] == CLASS_IDS["eye_g"]).all()
    assert (voo[glasses] == 0).all() and (faceocc[glasses] == 255).all()
    examined, _, metadata = label(face(tmp_path, examined=True), tmp_path, "faceocc")
    assert np.array_equal(examined, voo), "glasses that FaceOcc's authors did not annotate are dark"
    assert metadata == {"policy": "faceocc", "mask": "policy"}


def test_a_corrected_mask_is_used_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "masks/0.png", mask_bytes(disc(80, 80, 0.5)))
    mask, classes, metadata = label(face(tmp_path, corrected=(path,), review={"who": "Ann"}), tmp_path)
    assert np.array_equal(mask, disc(80, 80, 0.5))
    assert list(metadata) == ["policy", "mask", "mask_sha256", "review", "policy_iou"]
    assert np.array_equal(np.isin(classes, [CLASS_IDS["hair"], 0]), mask == 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (mask_bytes(disc(80, 60)), "expected the aspect of its photograph 160x160, got 60x80"),
        (mask_bytes(np.zeros((80, 80), np.uint8)), "expected a mask with pixels, got"),
        (b"", "expected a mask, got an empty file"),
    ],
    ids=["aspect", "empty", "no file"],
)
def test_a_corrected_mask_that_can_not_be_used_is_named(data: bytes, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "masks/0.png", data)
    with pytest.raises(BadInput, match=f"^masks/0.png: {message}"):
        label(face(tmp_path, corrected=(path,)), tmp_path)


def test_two_corrected_masks_of_a_face_are_one_too_many(tmp_path: Path) -> None:
    paths = tuple(write(tmp_path / f"masks/{name}", mask_bytes(disc(80, 80))) for name in ("0.png", "00.png"))
    expected = "^masks/00.png: expected one corrected mask a face, got a second one beside masks/0.png$"
    with pytest.raises(BadInput, match=expected):
        label(face(tmp_path, corrected=paths), tmp_path)


def test_masks_are_kept_at_half_the_size_and_binary() -> None:
    assert half_size(np.zeros((101, 51, 3), np.uint8)) == (26, 50)
    assert half_size(np.zeros((1, 1, 3), np.uint8)) == (1, 1)
    large = resize_binary(disc(30, 40), (20, 15))
    assert large.shape == (15, 20) and {*np.unique(large)} == {0, 255}
    mask = disc(30, 40)
    assert resize_binary(mask, (40, 30)) is mask


def test_aspects_may_differ_by_one_per_cent() -> None:
    assert not other_aspect(np.zeros((500, 504), np.uint8), PICTURE)
    assert other_aspect(np.zeros((500, 506), np.uint8), PICTURE)
    assert size_text(np.zeros((500, 506), np.uint8)) == "506x500"


def test_values_of_0_and_1_and_equal_channels_are_usual_in_a_face_mask(tmp_path: Path) -> None:
    usual = ("values 0 and 1", "three channels")
    assert conversions_of_face_mask(tmp_path / "0.png", usual, tmp_path) == ()
    (problem,) = conversions_of_face_mask(tmp_path / "0.png", (*usual, "grey edges"), tmp_path)
    assert (problem.path, problem.got, problem.action) == ("0.png", "grey edges", "converted")


def half(top: bool) -> Image:
    """The upper or the lower half of the skin, with a part that the policy's mask lacks."""
    mask = PARTS["skin"].copy()
    mask[40:] = 0
    mask[20:30, 0:12] = 255
    return mask if top else np.ascontiguousarray(mask[::-1, ::-1])


TURNED = replace(PICTURE, orientation=3)
UNEVEN = {"skin": np.where(np.arange(80)[:, None] < 45, disc(80, 80), np.uint8(0))}


@pytest.mark.parametrize(("edited", "frame"), [(True, "stored"), (True, None), (False, "upright")])
def test_a_mask_that_a_review_wrote_stays_upright_when_it_is_edited(
    tmp_path: Path, edited: bool, frame: Frame | None
) -> None:
    path = write(tmp_path / "masks/0.png", mask_bytes(half(True)))
    origin = Origin(dataset="mine", photo="", licence="", frame=frame)
    one = face(tmp_path, corrected=(path,), edited=edited, origin=origin)
    labels = label_face(one, UNEVEN, TURNED, TURNED.rgb, "voo", tmp_path)
    assert np.array_equal(labels.mask, half(True))


@pytest.mark.parametrize(
    ("top", "frame", "pixels"), [(True, "stored", "stored pixels"), (False, "upright", "upright picture")]
)
def test_a_mask_that_agrees_in_the_other_frame_alone_refuses_its_face(
    tmp_path: Path, top: bool, frame: Frame, pixels: str
) -> None:
    path = write(tmp_path / "masks/0.png", mask_bytes(half(top)))
    origin = Origin(dataset="mine", photo="", licence="", frame=frame)
    one = face(tmp_path, corrected=(path,), origin=origin)
    with pytest.raises(BadInput) as caught:
        label_face(one, UNEVEN, TURNED, TURNED.rgb, "voo", tmp_path)
    assert caught.value.where == "masks/0.png"
    assert caught.value.expected == f"a mask that agrees with the part masks on the {pixels}"
    assert caught.value.got.endswith("turn the mask, or restore provenance.jsonl if a review wrote it")
