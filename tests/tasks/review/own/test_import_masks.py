"""Masks of annotators as those of a test set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assets.problems import Problem
from natocc.codecs import decode_plane
from tasks.benchmark.sets.folder import open_folder
from tasks.review.import_answers import ImportReport
from tasks.review.own.export import export_own
from tasks.review.own.import_masks import import_own
from tests.raw_trees import disc, encoded, portrait, write
from tests.tasks.review.own.sets import SIDE, own_set

NEW = disc(SIDE, SIDE, 0.4)


class Case:
    """An exported review of three pictures, and its import."""

    def __init__(self, folder: Path, form: str = "segments") -> None:
        self.own, self.coarse = own_set(folder)
        self.folder = folder / "review"
        export_own(self.own, self.coarse, self.folder, form=form)

    def run(self, **options: bool) -> tuple[ImportReport, list[str]]:
        problems: list[Problem] = []
        report = import_own(self.folder, self.own, who="eve", report=problems.append, **options)
        return report, [str(problem) for problem in problems]

    def written(self) -> list[str]:
        return sorted(path.name for path in (self.own / "mask").glob("*"))


@pytest.mark.parametrize("form", ["labelme", "coco", "segments"])
def test_masks_that_nobody_changed_are_those_of_the_set(form: str, tmp_path: Path) -> None:
    case = Case(tmp_path, form)
    report, problems = case.run()
    assert (report.unchanged, report.corrected, report.written, problems) == (3, 0, True, [])
    assert case.written() == ["7.png", "ada.png", "x y.png"]
    found = open_folder("mine", str(case.own), lambda problem: None)
    for picture, width in zip(found.read(), (60, 61, 62), strict=True):
        assert np.mean((picture.mask > 0) != (disc(SIDE, width) > 0)) < 0.02


def test_changed_masks_have_their_origin_and_excluded_pictures_none(tmp_path: Path) -> None:
    case = Case(tmp_path)
    write(case.folder / "masks/00007.png", encoded(NEW, "PNG"))
    names = {path.stem.split("_")[0]: path.stem for path in (case.folder / "masks").iterdir()}
    (case.folder / "review.csv").write_text(f"id,verdict\n{names['ada']},exclude\n")
    report, _ = case.run()
    assert (report.corrected, report.unchanged, report.verdicts, report.unanswered) == (1, 1, 1, 0)
    assert np.array_equal(decode_plane((case.own / "mask/7.png").read_bytes()), NEW)
    assert (case.own / "split/val.txt").read_text() == "7\nx y\n"
    line = json.loads((case.own / "provenance.jsonl").read_text().splitlines()[0])
    assert (line["file"], line["who"], line["format"]) == ("7.png", "eve", "segments")
    found = open_folder("mine", str(case.own), lambda problem: None)
    assert [one.key for one in found.facts] == ["7", "x y"]


def test_a_second_import_writes_nothing_new_and_a_further_edit_replaces(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.run()
    before = (case.own / "provenance.jsonl").read_bytes()
    assert case.run()[0].known == 3
    assert (case.own / "provenance.jsonl").read_bytes() == before
    write(case.folder / "masks/00007.png", encoded(NEW, "PNG"))
    report, _ = case.run()
    assert (report.corrected, report.known) == (1, 2)
    assert np.array_equal(decode_plane((case.own / "mask/7.png").read_bytes()), NEW)


def test_a_second_round_may_start_from_the_masks_of_the_first(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.run()
    case.folder = tmp_path / "second"
    export_own(case.own, case.own / "mask", case.folder, form="segments")
    write(case.folder / "masks/00007.png", encoded(NEW, "PNG"))
    report, problems = case.run()
    assert (report.corrected, report.known, problems) == (1, 2, [])


def test_a_mask_of_another_origin_stays(tmp_path: Path) -> None:
    case = Case(tmp_path)
    other = write(case.own / "mask/7.png", encoded(disc(SIDE, SIDE, 0.2), "PNG"))
    data = other.read_bytes()
    report, (problem,) = case.run()
    assert not report.written and "got mask/7.png of another origin" in problem
    (case.folder / "review.csv").write_text("id,verdict\n7,exclude\n")
    assert not case.run()[0].written and other.read_bytes() == data


def test_with_a_problem_nothing_is_written_unless_asked(tmp_path: Path) -> None:
    case = Case(tmp_path)
    write(case.folder / "masks/00007.png", encoded(np.zeros((SIDE, SIDE), np.uint8), "PNG"))
    report, problems = case.run()
    assert not report.written and not (case.own / "mask").exists()
    assert problems == [
        "masks/00007.png: expected a mask with pixels, or the verdict exclude, got an empty mask"
    ]
    report, _ = case.run(keep_going=True)
    assert report.written and case.written() == ["ada.png", "x y.png"]
    assert (case.own / "split/val.txt").read_text() == "ada\nx y\n"


def test_another_picture_since_the_export_is_found(tmp_path: Path) -> None:
    case = Case(tmp_path)
    write(case.own / "img/7.jpg", encoded(portrait(SIDE, SIDE)[:, ::-1].copy()))
    (case.own / "img/ada.jpg").unlink()
    _, (first, second) = case.run()
    assert (
        first
        == "masks/00007.png: expected img/7.jpg as it was exported, got another picture now; export again"
    )
    assert "expected the picture img/ada.jpg in" in second
