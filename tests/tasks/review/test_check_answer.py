"""One answer against bank and raw folder; what an import does with it is tested beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.problems import Problem
from assets.review.index import Answer, read_review
from natocc.codecs import decode_plane
from natocc.geometry import Image
from shards.storage import sha256_bytes
from tasks.review.check_answer import Finding, ReviewCheck
from tasks.review.export import export_review
from tests.raw_trees import disc, mask_bytes, write
from tests.reviews import HEIGHT, WIDTH, mask_in, small_bank

NEW = disc(HEIGHT // 2, WIDTH // 2, 0.5)


class Case:
    def __init__(self, folder: Path, *, who: str = "", date: str = "") -> None:
        self.raw, self.url = small_bank(folder)
        self.folder = folder / "review"
        export_review(self.url, self.folder, form="segments")
        self.review = read_review(self.folder)
        self.who, self.date = who, date

    def answer(self, mask: Image | None, *, name: str = "00007", verdict: str | None = None) -> Answer:
        path = write(self.folder / "masks" / f"{name}.png", b"a tool's file")
        face = self.review.by_id[name]
        return Answer(
            face=face, form="segments", path=path, mask=mask, verdict=verdict, tool="tool", date="2024-01-02",
            date_from="file time", who="Bob",
        )  # fmt: skip

    def check(self, answer: Answer) -> tuple[Finding | None, list[str]]:
        problems: list[Problem] = []
        check = ReviewCheck(self.review, self.folder, Bank(self.url), self.raw, self.who, self.date)
        finding = check.check(answer, problems.append)
        return finding, [str(problem) for problem in problems]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_an_edited_mask_is_a_correction_named_as_its_photograph(case: Case) -> None:
    finding, problems = case.check(case.answer(NEW))
    assert problems == [] and finding is not None and finding.state == "corrected"
    assert np.array_equal(decode_plane(finding.data), NEW)
    line = finding.correction
    assert line is not None and (line.file, line.who, line.date) == ("7.png", "Bob", "2024-01-02")
    assert line.sha256 == sha256_bytes(finding.data) and line.annotation == "masks/00007.png"


def test_who_and_date_of_the_import_replace_those_of_the_answer(tmp_path: Path) -> None:
    case = Case(tmp_path, who="Ann", date="2025-06-07")
    finding, _ = case.check(case.answer(NEW, verdict="O"))
    assert finding is not None and finding.correction is not None and finding.verdict is not None
    assert (finding.correction.who, finding.correction.date) == ("Ann", "2025-06-07")
    assert finding.correction.date_from == "given"
    assert (finding.verdict.file, finding.verdict.who) == ("7.jpg", "Ann")


def test_a_mask_as_it_was_sent_is_no_correction(case: Case) -> None:
    finding, problems = case.check(case.answer(mask_in(case.url, "00007")))
    assert problems == [] and finding is not None and (finding.state, finding.data) == ("unchanged", b"")


def test_a_verdict_alone_needs_no_mask(case: Case) -> None:
    finding, problems = case.check(case.answer(None, verdict="O"))
    assert problems == [] and finding is not None and finding.state == "none"
    assert finding.verdict is not None and finding.verdict.verdict == "O"


def test_an_inverted_mask_and_one_that_is_white_all_over_are_refused(case: Case) -> None:
    sent = mask_in(case.url, "00007")
    finding, (problem,) = case.check(case.answer(255 - sent))
    assert finding is None and problem.startswith(
        "masks/00007.png: expected white on the face and black around it, got one whose black agrees with the "
        "exported mask (IoU 1.00), its white hardly (0.00)"
    )
    finding, (problem,) = case.check(case.answer(sent | 255))
    assert finding is None and problem.endswith("got a mask that is white all over")


def test_an_empty_mask_is_only_right_for_an_excluded_face(case: Case) -> None:
    empty = np.zeros_like(NEW)
    assert case.check(case.answer(empty, verdict="excluded"))[1] == []
    finding, problems = case.check(case.answer(empty, verdict="O"))
    assert finding is None
    assert problems == [
        "masks/00007.png: expected a mask with pixels, or the verdict exclude, got an empty mask"
    ]


def test_a_face_that_the_bank_does_not_have(case: Case) -> None:
    answer = case.answer(NEW)
    stranger = replace(answer, face=replace(answer.face, id="99999"))
    assert case.check(stranger)[1] == [
        "masks/00007.png 99999: expected a face of this bank, got the unknown face 99999"
    ]


def test_a_photograph_that_is_gone_or_an_image_that_was_changed(case: Case) -> None:
    answer = case.answer(NEW)
    (case.folder / answer.face.image).write_bytes(b"another")
    assert "got an image that was changed" in case.check(answer)[1][0]
    (case.folder / answer.face.image).unlink()
    assert case.check(answer)[1] == [], "the image need not come back"
    (case.raw / answer.face.source).unlink()
    assert "got no such file" in case.check(answer)[1][0]


def test_a_mask_that_cannot_be_replaced_is_named(case: Case) -> None:
    write(case.raw / CORRECTED_FOLDER / "7.png", mask_bytes(NEW))
    write(case.raw / CORRECTED_FOLDER / "00007.png", mask_bytes(NEW))
    (problem,) = case.check(case.answer(np.roll(NEW, 1)))[1]
    assert problem.endswith("keep one") and "expected one corrected mask a face" in problem


def test_a_mask_that_somebody_else_wrote_since_the_export_stays(case: Case) -> None:
    write(case.raw / CORRECTED_FOLDER / "7.png", mask_bytes(NEW))
    (problem,) = case.check(case.answer(np.roll(NEW, 1)))[1]
    assert problem.endswith(f"got another {CORRECTED_FOLDER}/7.png since; export again")
