from __future__ import annotations

import cv2
import numpy as np
import pytest

from assets.pictures.polarity import (
    FACE_MASK,
    FEATURE_MASK,
    HAND_MASK,
    OBJECT_MASK,
    Subject,
    alpha_doubts,
    check_against,
    check_polarity,
    check_subject,
    polarity_doubts,
    refuse_full,
)
from assets.problems import BadInput
from natocc.geometry import Image
from tests.raw_trees import disc

FACE = disc(120, 100)
EVERY = (FACE_MASK, FEATURE_MASK, HAND_MASK, OBJECT_MASK)


def rectangle(x0: int, y0: int, x1: int, y1: int) -> Image:
    plane = np.zeros((120, 100), np.uint8)
    plane[y0:y1, x0:x1] = 255
    return plane


@pytest.mark.parametrize("subject", EVERY)
def test_a_disc_is_sound_and_its_complement_looks_inverted(subject: Subject) -> None:
    assert check_polarity(FACE, subject) == ""
    with pytest.raises(BadInput) as caught:
        check_polarity(255 - FACE, subject)
    assert str(caught.value) == (
        f"expected white on the {subject.name} and black around it, got white in 4 corners and on 100% of the "
        "border: it looks inverted; invert the file"
    )


@pytest.mark.parametrize(
    ("mask", "subject"),
    [
        (rectangle(0, 40, 100, 120), FACE_MASK),
        (rectangle(20, 0, 80, 120), FACE_MASK),
        (rectangle(0, 60, 70, 120), HAND_MASK),
        (rectangle(0, 60, 100, 120), HAND_MASK),
        (rectangle(0, 0, 100, 120), OBJECT_MASK),
        (rectangle(0, 0, 100, 120) - rectangle(0, 50, 4, 60), OBJECT_MASK),
        (rectangle(0, 0, 0, 0), FACE_MASK),
    ],
)
def test_what_fills_its_picture_or_is_cut_by_its_border_is_sound(mask: Image, subject: Subject) -> None:
    assert check_polarity(mask, subject) == ""


@pytest.mark.parametrize(
    ("face", "subject"),
    [
        (rectangle(20, 60, 80, 120), FACE_MASK),
        (rectangle(40, 20, 100, 120), HAND_MASK),
        (rectangle(0, 0, 20, 20), HAND_MASK),
        (disc(120, 100, 1.0), OBJECT_MASK),
    ],
)
def test_an_inverted_mask_cut_by_its_border_is_doubtful(face: Image, subject: Subject) -> None:
    doubt = check_polarity(255 - face, subject)
    assert doubt.startswith("white in ") and doubt.endswith("look whether it is inverted")
    (problem,) = polarity_doubts("a.png", doubt, subject.name)
    assert problem.action == "noted" and polarity_doubts("a.png", "", subject.name) == ()


def test_four_white_corners_are_no_hand() -> None:
    with pytest.raises(BadInput, match="it looks inverted"):
        check_polarity(255 - rectangle(40, 40, 60, 120), HAND_MASK)


def test_a_correction_may_differ_as_much_as_it_likes_within_the_face() -> None:
    hidden = FACE.copy()
    hidden[40:] = 0
    for mask in (FACE, hidden, disc(120, 100, 0.1), cv2.dilate(FACE, np.ones((9, 9), np.uint8))):
        assert check_against(mask, FACE, "the parts") == ""
    large = disc(120, 100, 0.99)
    large_hidden = large.copy()
    large_hidden[30:] = 0
    assert check_against(large_hidden, large, "the parts") == ""


def test_a_correction_whose_black_agrees_is_inverted() -> None:
    with pytest.raises(
        BadInput, match=r"black agrees with the parts \(IoU 1.00\), its white hardly \(0.00\)"
    ):
        check_against(255 - FACE, FACE, "the parts")
    shifted = np.roll(FACE, 35, axis=0)
    assert check_against(255 - shifted, FACE, "the parts").endswith("look whether it is inverted")


def test_a_mask_that_is_white_all_over_is_refused() -> None:
    refuse_full(FACE, "face")
    with pytest.raises(
        BadInput, match="expected a mask of the face alone, got a mask that is white all over"
    ):
        refuse_full(FACE | 255, "face")


def test_the_file_is_named_and_an_object_may_fill_its_picture() -> None:
    for subject in EVERY:
        assert check_subject(FACE, subject, "a.png") == ()
        with pytest.raises(BadInput, match=r"^a\.png: expected white on the"):
            check_subject(255 - FACE, subject, "a.png")
    (problem,) = check_subject(FACE | 255, OBJECT_MASK, "a.png")
    assert problem.action == "noted" and problem.got == "a mask that is white all over"
    with pytest.raises(BadInput, match=r"^a\.png: expected a mask of the hand alone"):
        check_subject(FACE | 255, HAND_MASK, "a.png")


def test_an_alpha_is_noted_and_never_refused() -> None:
    assert alpha_doubts("a.png", FACE) == ()
    (problem,) = alpha_doubts("a.png", 255 - FACE)
    assert str(problem) == (
        "a.png: expected alpha that is opaque on the occluder and clear around it, got opaque in 4 corners and on "
        "100% of the border: look whether it is inverted"
    )
    assert problem.action == "noted"
