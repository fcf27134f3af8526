"""The queue: every face once, the worst first, and what review export reads of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import pyarrow.parquet as pq
import pytest

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from natocc.mask_quality.score import FIGURES
from tasks.review import disagreement
from tasks.review.queue import correct_masks
from tests.scored_faces import IDS, scored_bank


def test_the_worst_come_first_and_say_why(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    bank = scored_bank(str(tmp_path / "bank"))
    report = correct_masks(
        bank, str(tmp_path / "queue"), count=2, on_progress=lambda *call: calls.append(call)
    )
    assert calls == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [face.id for face in report.faces] == ["wide_mask", "patch_on_it", "true_face"]
    assert [face.because for face in report.faces] == [
        "the mask reaches too far",
        "outlines within the skin",
        "nothing stands out",
    ]
    table = pq.read_table(report.queue)
    assert table.column_names[:3] == ["id", "source", "score"]
    assert set(FIGURES) < set(table.column_names)
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == [face.id for face in report.faces]
    assert [row["mask"] for row in rows] == ["corrected", "policy", "policy"]
    assert rows[0]["source"] == "CelebAMask-HQ/CelebA-HQ-img/wide_mask.jpg"
    assert sorted((row["score"] for row in rows), reverse=True) == [row["score"] for row in rows]
    assert all(row["iou"] is None and row["components"] is None for row in rows)


def test_a_mask_with_a_known_fault_comes_early_unless_it_was_corrected(tmp_path: Path) -> None:
    known = [{"kind": "missing", "parts": ["hair"]}, {"kind": "duplicate", "other": "wide_mask"}]
    bank = scored_bank(str(tmp_path / "bank"), known=dict.fromkeys(IDS[::2], known))
    faces = {face.id: face for face in correct_masks(bank, str(tmp_path / "queue")).faces}
    true, wide = faces["true_face"], faces["wide_mask"]
    assert list(faces).index("true_face") < list(faces).index("patch_on_it")
    assert true.because == "known: hair missing"
    assert true.mask_score < 0.5 < 0.9 <= true.score
    assert (wide.because, wide.score) == ("the mask reaches too far", round(wide.mask_score, 4))


def test_the_sheet_shows_as_many_as_asked_for(tmp_path: Path) -> None:
    bank = scored_bank(str(tmp_path / "bank"))
    sheets = [cv2.imread(correct_masks(bank, str(tmp_path / str(n)), count=n).sheet) for n in (1, 3)]
    assert sheets[0].shape == sheets[1].shape and (sheets[0] != sheets[1]).any()
    # The second place of the row is paper where one face is shown.
    assert sheets[0][40:300, 320:590].std() < 1 < sheets[1][40:300, 320:590].std()


def test_equal_banks_give_equal_files(tmp_path: Path) -> None:
    bank = scored_bank(str(tmp_path / "bank"))
    one, two = (correct_masks(bank, str(tmp_path / name)) for name in ("one", "two"))
    assert Path(one.queue).read_bytes() == Path(two.queue).read_bytes()
    assert Path(one.sheet).read_bytes() == Path(two.sheet).read_bytes()


def test_a_segmenters_disagreement_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict(zip(IDS, ((0.5, 2), (0.98, 0), (0.97, 0)), strict=True))
    found = {name: disagreement.Disagreement(iou=iou, components=n) for name, (iou, n) in seen.items()}
    monkeypatch.setattr(disagreement, "measure_disagreements", lambda *_, **__: found)
    report = correct_masks(scored_bank(str(tmp_path / "bank")), str(tmp_path), checkpoint="any.pt")
    by_id = {face.id: face for face in report.faces}
    assert by_id["true_face"].because == "the segmenter disagrees"
    assert by_id["true_face"].score > 0.85 and by_id["true_face"].mask_score < 0.1
    assert (by_id["true_face"].iou, by_id["true_face"].components) == (0.5, 2)
    assert by_id["wide_mask"].score == by_id["wide_mask"].mask_score


def test_a_weak_segmenter_does_not_accuse_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict(zip(IDS, (0.7, 0.72, 0.4), strict=True))
    found = {name: disagreement.Disagreement(iou=iou, components=3) for name, iou in seen.items()}
    monkeypatch.setattr(disagreement, "measure_disagreements", lambda *_, **__: found)
    report = correct_masks(scored_bank(str(tmp_path / "bank")), str(tmp_path), checkpoint="any.pt")
    by_id = {face.id: face for face in report.faces}
    assert by_id["true_face"].score == by_id["true_face"].mask_score
    assert by_id["wide_mask"].score > by_id["wide_mask"].mask_score


def test_an_older_bank_is_to_be_prepared_again(tmp_path: Path) -> None:
    bank = scored_bank(str(tmp_path / "bank"), scored=False)
    with pytest.raises(
        ValueError, match=r"3 of 3 have none \(the first is patch_on_it\).*run natocc prepare"
    ):
        correct_masks(bank, str(tmp_path / "queue"))
    assert not (tmp_path / "queue").exists()


def test_faces_and_pictures_must_be_asked_for(tmp_path: Path) -> None:
    BankWriter(str(tmp_path / "bank")).close()
    assert Bank(str(tmp_path / "bank")).entries("face") == ()
    with pytest.raises(ValueError, match="expected faces in the bank, got none"):
        correct_masks(str(tmp_path / "bank"), str(tmp_path / "queue"))
    with pytest.raises(ValueError, match="--limit: expected at least 1 picture, got 0"):
        correct_masks(str(tmp_path / "bank"), str(tmp_path / "queue"), count=0)
