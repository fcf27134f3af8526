"""What comes back from a tool is checked as a whole, and lands in the raw folder with its provenance."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.provenance import PROVENANCE
from assets.problems import Problem
from assets.review.index import read_review
from assets.review.labelme import LabelmeWriter
from natocc.codecs import decode_plane
from natocc.geometry import Image
from shards.storage import sha256_bytes
from tasks.review.export import export_review
from tasks.review.import_answers import ImportReport, import_review
from tests.raw_trees import FACES, IMAGES, disc, write
from tests.reviews import HEIGHT, WIDTH, bitmap, face_mask, mask_in, small_bank

NEW = disc(HEIGHT // 2, WIDTH // 2, 0.5)


class Case:
    """A bank, its raw folder and a review of bitmaps."""

    def __init__(self, folder: Path, form: str = "segments") -> None:
        self.raw, self.url = small_bank(folder)
        self.folder, self.corrected = folder / "review", self.raw / CORRECTED_FOLDER
        export_review(self.url, self.folder, form=form)

    def answer(self, name: str, mask: Image) -> None:
        path = write(self.folder / "masks" / f"{name}.png", bitmap(np.kron(mask, np.ones((2, 2), np.uint8))))
        os.utime(path, (1_700_000_000, 1_700_000_000))

    def verdict(self, *rows: str) -> None:
        (self.folder / "review.csv").write_text("id,verdict\n" + "".join(f"{row}\n" for row in rows))

    def run(
        self, *, keep_going: bool = False, who: str = "Ann", date: str = ""
    ) -> tuple[ImportReport, list[str]]:
        said: list[Problem] = []
        report = import_review(
            self.folder, self.raw, self.url, who=who, date=date, keep_going=keep_going, report=said.append
        )
        assert tuple(said) == report.problems
        return report, [str(problem) for problem in said]

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.corrected / PROVENANCE).read_text().splitlines()]


def test_an_untouched_review_writes_nothing(tmp_path: Path) -> None:
    for form in ("labelme", "coco", "segments"):
        case = Case(tmp_path / form, form)
        report, problems = case.run()
        assert problems == []
        assert (report.corrected, report.unchanged, report.verdicts, report.unanswered) == (0, 3, 0, 0)
        assert report.written and not case.corrected.exists()


def test_a_corrected_mask_is_written_with_who_what_and_when(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    report, problems = case.run()
    assert problems == [] and (report.corrected, report.unchanged) == (1, 2)
    data = (case.corrected / "7.png").read_bytes()
    assert np.array_equal(decode_plane(data), NEW)
    (line,) = case.lines()
    index = json.loads((case.folder / "review.json").read_text())
    assert line == {
        "id": "00007",
        "file": "7.png",
        "sha256": sha256_bytes(data),
        "format": "segments",
        "tool": "segments",
        "annotation": "masks/00007.png",
        "annotation_sha256": sha256_bytes((case.folder / "masks/00007.png").read_bytes()),
        "who": "Ann",
        "date": "2023-11-14",
        "date_from": "file time",
        "previous_sha256": index["faces"][1]["mask_sha256"],
        "review": sha256_bytes((case.folder / "review.json").read_bytes()),
    }
    assert sorted(path.name for path in case.corrected.iterdir()) == ["7.png", PROVENANCE]


def test_importing_twice_adds_nothing_and_a_second_edit_replaces_the_first(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    case.run()
    before = {path.name: path.read_bytes() for path in case.corrected.iterdir()}
    report, problems = case.run()
    assert problems == [] and (report.corrected, report.known) == (0, 1)
    assert {path.name: path.read_bytes() for path in case.corrected.iterdir()} == before
    case.answer("00007", np.roll(NEW, 3, axis=1))
    report, problems = case.run(date="2024-05-09")
    assert problems == [] and report.corrected == 1
    assert np.array_equal(decode_plane((case.corrected / "7.png").read_bytes()), np.roll(NEW, 3, axis=1))
    assert [(line["date"], line["date_from"]) for line in case.lines()] == [
        ("2023-11-14", "file time"),
        ("2024-05-09", "given"),
    ]
    case.answer("00007", face_mask(1))
    assert case.run()[0].corrected == 1, "taking the correction back is one too"
    assert np.array_equal(decode_plane((case.corrected / "7.png").read_bytes()), face_mask(1))


def test_an_import_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    case.run()
    whole = (case.corrected / PROVENANCE).read_bytes()
    (case.corrected / PROVENANCE).unlink()
    assert case.run()[0].corrected == 1
    assert (case.corrected / PROVENANCE).read_bytes() == whole


def test_verdicts_land_in_a_sorted_table_and_the_last_one_wins(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.verdict("12,O", "0,excluded", "7,")
    case.answer("00000", np.zeros_like(NEW))
    report, problems = case.run(date="2024-05-09")
    assert problems == [] and report.verdicts == 2 and report.corrected == 0
    table = case.corrected / "verdicts.csv"
    assert table.read_text() == (
        "file,verdict,who,date\n0.jpg,excluded,Ann,2024-05-09\n12.jpg,O,Ann,2024-05-09\n"
    )
    assert not (case.corrected / PROVENANCE).exists()
    case.verdict("12,WO")
    case.answer("00000", face_mask(0))
    report, _ = case.run(who="Bo", date="2024-05-10")
    assert report.verdicts == 1
    assert table.read_text() == (
        "file,verdict,who,date\n0.jpg,excluded,Ann,2024-05-09\n12.jpg,WO,Bo,2024-05-10\n"
    )


def test_with_a_problem_nothing_is_written_unless_asked(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00000", NEW)
    case.answer("00007", np.zeros_like(NEW))
    case.answer("99", NEW)
    write(case.folder / "masks/7.png", bitmap(NEW))
    case.verdict("12,O")
    report, problems = case.run()
    assert problems == [
        "masks/00007.png: expected a mask with pixels, or the verdict exclude, got an empty mask",
        "masks/00007.png: expected one answer a face, got two of 00007, the other in masks/7.png; neither is used",
        "masks/7.png: expected one answer a face, got two of 00007, the other in masks/00007.png; neither is used",
        "masks/99.png: expected a face of this review, got the unknown face '99'",
    ]
    assert not report.written and (report.corrected, report.verdicts) == (1, 1)
    assert not case.corrected.exists()
    report, again = case.run(keep_going=True)
    assert again == problems and report.written
    assert sorted(path.name for path in case.corrected.iterdir()) == ["0.png", PROVENANCE, "verdicts.csv"]


def test_a_mask_that_somebody_else_corrected_since_is_not_replaced(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    other = write(case.corrected / "007.png", bitmap(disc(80, 60, 0.3)))
    report, problems = case.run()
    assert problems == [
        f"masks/00007.png: expected the mask that was exported, got another {CORRECTED_FOLDER}/007.png since; export again"
    ]
    assert not report.written
    write(case.corrected / "7.png", bitmap(NEW))
    assert "expected one corrected mask a face" in case.run()[1][0]
    other.unlink()
    (case.corrected / "7.png").rename(case.corrected / "7.jpg")
    assert "a .png, got 7.jpg; keep one" in case.run()[1][0]


def test_the_mask_that_was_exported_is_replaced_under_its_own_name(tmp_path: Path) -> None:
    data = bitmap(face_mask(0))
    raw, url = small_bank(tmp_path, {"7.jpg": {"mask": "corrected", "mask_sha256": sha256_bytes(data)}})
    write(raw / CORRECTED_FOLDER / "00007.png", data)
    export_review(url, tmp_path / "review", form="segments")
    write(tmp_path / "review/masks/00007.png", bitmap(NEW))
    report = import_review(tmp_path / "review", raw, url)
    assert report.problems == () and report.corrected == 1
    assert np.array_equal(decode_plane((raw / CORRECTED_FOLDER / "00007.png").read_bytes()), NEW)
    assert not (raw / CORRECTED_FOLDER / "7.png").exists()


def test_a_bank_or_a_photograph_changed_since_the_export_is_found(tmp_path: Path) -> None:
    case = Case(tmp_path)
    for name in ("00000", "00007", "00012"):
        case.answer(name, NEW)
    # The same ids, shifted by one photograph: other pictures, and a face less.
    _, case.url = small_bank(tmp_path / "other", {"7.jpg": {}, "12.jpg": {}})
    assert case.run()[1] == [
        "masks/00000.png: expected a face of this bank, got the unknown face 00000",
        "masks/00007.png: expected the photograph that was exported, got another in the bank now; export again",
        "masks/00012.png: expected the photograph that was exported, got another in the bank now; export again",
    ]


def test_a_mask_that_is_another_in_the_bank_now_is_not_overruled(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    _, case.url = small_bank(tmp_path / "other", first_mask=1)
    assert case.run()[1] == [
        "masks/00007.png: expected the mask that was exported, got another in the bank now; export again"
    ]


def test_images_changed_by_a_tool_and_missing_photographs_are_found(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.answer("00007", NEW)
    case.answer("00012", NEW)
    (case.folder / "images/00007.jpg").write_bytes(b"turned")
    (case.raw / FACES / IMAGES / "12.jpg").unlink()
    assert case.run()[1] == [
        "masks/00007.png: expected images/00007.jpg as it was exported, got an image that was changed",
        f"masks/00012.png: expected the photograph {FACES}/{IMAGES}/12.jpg in {case.raw}, got no such file",
    ]


def test_answers_may_come_in_another_format_than_the_export(tmp_path: Path) -> None:
    case = Case(tmp_path)
    review = json.loads((case.folder / "review.json").read_text())
    assert review["tool"] == "segments"
    LabelmeWriter(case.folder).add(read_review(case.folder).by_id["00007"], NEW)
    report = import_review(case.folder, case.raw, case.url, form="labelme")
    assert report.problems == () and (report.corrected, report.unanswered) == (1, 2)
    (line,) = case.lines()
    assert (line["format"], line["tool"]) == ("labelme", "labelme 5.5.0")
    assert (decode_plane((case.corrected / "7.png").read_bytes()) != NEW).mean() < 0.01


def test_a_fault_of_the_whole_review_is_one_message(tmp_path: Path) -> None:
    case = Case(tmp_path)
    for date in ("9.5.2024", "20240509", "2024-02-30"):
        with pytest.raises(ValueError, match=f"--date {date}: expected a day as YYYY-MM-DD"):
            case.run(date=date)
    with pytest.raises(FileNotFoundError, match=r"CelebA-HQ-img in it, got no such folder"):
        import_review(case.folder, tmp_path, case.url)
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        import_review(case.folder, case.raw, str(tmp_path))
    assert mask_in(case.url, "00007").any()
