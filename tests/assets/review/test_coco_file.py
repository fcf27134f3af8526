from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assets.problems import BadInput
from assets.review.coco_file import AnswerFile, doubled_images, read_answer_file


def content(*ids: int, **fields: Any) -> dict[str, Any]:
    images = [
        {"id": number, "file_name": f"{n}.jpg", "height": 4, "width": 4} for n, number in enumerate(ids)
    ]
    return {"images": images, "annotations": [], "categories": [], **fields}


def written(folder: Path, value: object) -> Path:
    path = folder / "annotations.json"
    path.write_text(json.dumps(value))
    return path


def test_a_file_is_read_with_what_other_tools_add(tmp_path: Path) -> None:
    file = read_answer_file(written(tmp_path, content(1, 2, licenses=[])))
    assert [image.id for image in file.images] == [1, 2]
    assert doubled_images(file) == []


@pytest.mark.parametrize(("value", "got"), [([], "object"), ({"images": 1}, "list")])
def test_another_form_is_refused_with_the_file_s_name(tmp_path: Path, value: object, got: str) -> None:
    path = written(tmp_path, value)
    with pytest.raises(BadInput, match=got) as caught:
        read_answer_file(path)
    assert caught.value.where == str(path)


def test_all_images_of_one_id_are_doubled() -> None:
    file = AnswerFile.model_validate(content(1, 1, 2))
    assert [(image.file_name, got) for image, (_, got) in doubled_images(file)] == [
        ("0.jpg", "the id 1 of several images"),
        ("1.jpg", "the id 1 of several images"),
    ]


def test_an_annotation_id_may_be_twice_in_one_image_alone() -> None:
    rows = [{"id": 7, "image_id": image, "category_id": 1} for image in (1, 1)]
    assert doubled_images(AnswerFile.model_validate(content(1, 2, annotations=rows))) == []
    rows.append({"id": 7, "image_id": 2, "category_id": 1})
    found = doubled_images(AnswerFile.model_validate(content(1, 2, annotations=rows)))
    assert [got for _, (_, got) in found] == ["the id 7 in several images"] * 2
