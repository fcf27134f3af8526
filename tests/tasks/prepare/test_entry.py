from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from assets.pictures.photograph import Picture, read_image
from assets.problems import BadInput
from assets.records import Origin
from shards.storage import sha256_bytes
from tasks.prepare.entry import Prepared, make_entry, read_from, refuses_bad_input
from tasks.prepare.faces.face import prepare_face

PICTURE = Picture(rgb=np.zeros((4, 6, 3), np.uint8), notes=(), data=b"bytes", plain_jpeg=True)


def test_a_bad_input_becomes_a_refusal_and_other_errors_pass() -> None:
    @refuses_bad_input
    def prepare(error: Exception) -> Prepared:
        raise error

    done = prepare(BadInput("a face", "a hand", "a.jpg"))
    assert done.entry is None and done.members == {} and done.counted == ()
    assert [f"{problem.action} {problem}" for problem in done.problems] == [
        "refused a.jpg: expected a face, got a hand"
    ]
    with pytest.raises(ValueError, match="another policy"):
        prepare(ValueError("another policy"))


def test_a_preparing_function_can_be_sent_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(prepare_face)) is prepare_face
    assert prepare_face.__module__ == "tasks.prepare.faces.face"


def test_an_unreadable_file_is_named_below_the_raw_folder(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces/a.jpg").write_bytes(b"")
    with pytest.raises(BadInput, match=r"^faces/a\.jpg: expected a photograph, got an empty file$"):
        read_from(read_image, tmp_path / "faces/a.jpg", tmp_path)


def test_a_place_that_an_error_names_stays(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        raise BadInput("one", "two", "elsewhere.csv")

    with pytest.raises(BadInput, match=r"^elsewhere\.csv: expected one, got two$"):
        read_from(read, tmp_path / "a.jpg", tmp_path)


def test_a_row_has_the_photograph_of_its_file_and_is_trained_on_unless_said_otherwise() -> None:
    origin = Origin(dataset="mine", photo="", licence="free")
    entry = make_entry("hand", "1", "dorsal", "a.jpg", origin, PICTURE, (4, 6))
    assert (entry.photo, entry.split) == (sha256_bytes(b"bytes"), "train")
    assert (entry.height, entry.width, entry.source) == (4, 6, "a.jpg")
    side_car = Origin(dataset="mine", photo="f" * 64, licence="free", split="test", person="p")
    entry = make_entry("hand", "1", "dorsal", "a.jpg", side_car, PICTURE, (4, 6))
    assert (entry.photo, entry.split, entry.person) == ("f" * 64, "test", "p")
