from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.problems import Problem
from assets.review.index import (
    REVIEW_INDEX,
    ReviewFace,
    encode_review,
    face_of,
    pixels_sha256,
    read_review,
    verdict_of,
)

FACE = ReviewFace(
    order=1,
    id="00007",
    source="CelebAMask-HQ/CelebA-HQ-img/7.jpg",
    score=None,
    image="images/00007.jpg",
    image_sha256="a",
    image_size=(20, 30),
    mask_sha256="b",
    mask_pixels="c",
    returned_pixels="d",
    mask_size=(10, 15),
    corrected_sha256=None,
)


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / REVIEW_INDEX).write_bytes(encode_review("coco", (FACE,)))
    review = read_review(tmp_path)
    assert (review.form, review.faces, review.by_id) == ("coco", (FACE,), {"00007": FACE})
    (tmp_path / REVIEW_INDEX).write_bytes(encode_review("labelme", (FACE,)))
    assert read_review(tmp_path).sha256 != review.sha256


@pytest.mark.parametrize(
    ("data", "got"),
    [
        ("{", "got text that is cut short"),
        ("[]", "got no object"),
        ('{"format": "natocc-review/9"}', "the format natocc-review/9"),
        ('{"format": "natocc-review/1", "tool": "coco"}', "got no list of the right length"),
        ('{"format": "natocc-review/1", "tool": "coco", "faces": [{}]}', "0.order: nothing"),
    ],
)
def test_a_damaged_index_is_an_error_with_its_path(tmp_path: Path, data: str, got: str) -> None:
    (tmp_path / REVIEW_INDEX).write_text(data)
    with pytest.raises(ValueError) as caught:
        read_review(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/review.json: expected the index of a review")
    assert got in str(caught.value)


def test_a_folder_without_an_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="natocc review export"):
        read_review(tmp_path)


def test_the_hash_of_pixels_depends_on_their_shape() -> None:
    mask = np.zeros((2, 6), np.uint8)
    assert pixels_sha256(mask) == pixels_sha256(mask.copy()) != pixels_sha256(mask.reshape(3, 4))


def test_a_face_is_found_padded_or_not_and_another_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / REVIEW_INDEX).write_bytes(encode_review("coco", (FACE,)))
    review, problems = read_review(tmp_path), list[Problem]()
    assert face_of("m/7.png", "7", review, problems.append) == FACE
    assert face_of("m/00007.png", "00007", review, problems.append) == FACE
    assert face_of("m/8.png", "8", review, problems.append) is None
    assert [str(problem) for problem in problems] == [
        "m/8.png: expected a face of this review, got the unknown face '8'"
    ]


@pytest.mark.parametrize(
    ("ticked", "verdict", "got"),
    [
        ({}, None, []),
        ({"occluded": True, "exclude": False}, "O", []),
        ({"unoccluded": True}, "WO", []),
        ({"exclude": True}, "excluded", []),
        ({"occluded": True, "exclude": True}, None, ["exclude, occluded"]),
        ({"blurred": True}, None, ["blurred"]),
        ({"blurred": False}, None, []),
    ],
)
def test_one_known_verdict_may_be_ticked(
    ticked: dict[str, bool], verdict: str | None, got: list[str]
) -> None:
    problems: list[Problem] = []
    assert verdict_of(ticked, "a.json", problems.append) == verdict
    assert [problem.got for problem in problems] == got
