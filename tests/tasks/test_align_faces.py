"""Crops of faces by a table of points."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.demo.catalogue import DemoFace, load_catalogue
from assets.demo.fetch import fetch_packages
from assets.demo.photo_cache import PhotoCache
from assets.demo.pixels import decode, warp
from assets.problems import BadInput, Problem
from natocc.codecs import decode_rgb
from natocc.files.read import hash_file
from natocc.geometry import transform_points
from tasks.align_faces import AlignOptions, AlignReport, align_faces
from tasks.benchmark.sets.folder import open_folder
from tests.raw_trees import disc, encoded, portrait, table, write

POINTS = {
    **{"left_eye_x": "50", "left_eye_y": "60", "right_eye_x": "90", "right_eye_y": "60"},
    **{"mouth_left_x": "55", "mouth_left_y": "100", "mouth_right_x": "85", "mouth_right_y": "100"},
}


def align(folder: Path, *rows: dict[str, str], side: int = 64) -> tuple[AlignReport, list[Problem]]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    points = write(folder / "points.csv", table(rows, columns))
    problems: list[Problem] = []
    options = AlignOptions(photographs=folder / "photos", points=points, out=folder / "own", side=side)
    return align_faces(options, report=problems.append), problems


def test_a_demo_photograph_gives_the_crop_that_the_sample_has(tmp_path: Path) -> None:
    """The astronaut, which an installed package carries, by the catalogue's points in the photograph."""
    face: DemoFace = next(one for one in load_catalogue().faces if one.source.package.name == "scikit-image")
    cache = PhotoCache(tmp_path / "cache")
    assert fetch_packages([face.source], cache, lambda said: None) == {}
    data = cache.read(face.source)
    write(tmp_path / "photos/astronaut.png", data)
    back = np.linalg.inv(np.vstack([np.array(face.align), [0, 0, 1]]))
    row = {"file": "astronaut.png", "name": "00001", "person": face.person}
    for name in ("left_eye", "right_eye", "mouth_left", "mouth_right"):
        ((x, y),) = transform_points(np.array([face.landmarks[name]]), back)
        row |= {f"{name}_x": str(x), f"{name}_y": str(y)}
    report, problems = align(tmp_path, row, side=1024)
    assert [one.file for one in report.faces] == ["img/00001.jpg"] and report.faces[0].beyond < 0.05
    assert [problem.action for problem in problems] == ["converted"]
    crop = decode_rgb((tmp_path / "own/img/00001.jpg").read_bytes())
    given = warp(decode(data, "astronaut"), face.align, 1024)
    small = [cv2.resize(one, (128, 128), interpolation=cv2.INTER_AREA).astype(int) for one in (crop, given)]
    assert np.abs(small[0] - small[1]).mean() < 4


def test_crops_are_a_test_set_once_they_have_masks(tmp_path: Path) -> None:
    photograph = write(tmp_path / "photos/a.jpg", encoded(portrait()))
    row = {"file": "a.jpg", "person": "ada", "licence": "CC0"} | POINTS
    report, _ = align(tmp_path, row | {"name": "left"}, row | {"name": "right"})
    # Half a side is 2 · 40 pixels of the photograph.
    assert [(one.file, one.scale) for one in report.faces] == [("img/left.jpg", 0.4), ("img/right.jpg", 0.4)]
    for name in ("left", "right"):
        write(tmp_path / f"own/mask/{name}.png", encoded(disc(64, 64), "PNG"))
    found = open_folder("mine", str(tmp_path / "own"), lambda problem: None)
    assert [(one.key, one.person, one.photo) for one in found.facts] == [
        (name, "ada", hash_file(photograph)) for name in ("left", "right")
    ]
    assert found.licences == ("CC0",)


def test_what_can_t_be_used_is_reported_and_the_rest_is_written(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", encoded(portrait()))
    one_place = dict.fromkeys(POINTS, "7")
    rows = ({"file": "a.jpg"}, {"file": "gone.jpg"}, {"file": "a.jpg", "name": "b"})
    report, problems = align(tmp_path, rows[0] | POINTS, rows[1] | POINTS, rows[2] | one_place)
    assert [one.file for one in report.faces] == ["img/a.jpg"] and report.problems == tuple(problems)
    gone, place = (str(problem) for problem in problems)
    assert gone.startswith("gone.jpg: expected a photograph, got")
    assert place == "a.jpg: expected eyes above a mouth, got points in one place on line 4"
    assert len((tmp_path / "own/natocc.csv").read_text().splitlines()) == 2


def test_two_faces_of_one_name_and_an_empty_table_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", encoded(portrait()))
    row = {"file": "a.jpg"} | POINTS
    with pytest.raises(BadInput, match="a name of its own for each face, got a twice; name the faces of one"):
        align(tmp_path, row, row)
    with pytest.raises(BadInput, match="expected a row for each face, got none that can be used"):
        align(tmp_path, row | {"left_eye_x": "x"})
    assert not (tmp_path / "own").exists()
