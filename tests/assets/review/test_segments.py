from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.review.segments import SEGMENTS_MASKS, SEGMENTS_TABLE, read_segments
from natocc.codecs import decode_plane
from tests.raw_trees import mask_bytes
from tests.reviews import answers, bitmap, exported, face_mask

IDS = ("00000", "00007", "00012")


def large(number: int) -> np.ndarray:
    return np.kron(face_mask(number), np.ones((2, 2), np.uint8))


def test_masks_have_the_images_size_and_come_back_exactly(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "segments")
    for number, name in enumerate(IDS):
        assert np.array_equal(
            decode_plane((folder / SEGMENTS_MASKS / f"{name}.png").read_bytes()), large(number)
        )
    assert (folder / SEGMENTS_TABLE).read_text() == "id,verdict\n00000,\n00007,\n00012,\n"
    found, problems = answers(read_segments, folder)
    assert problems == [] and tuple(found) == IDS
    for number, name in enumerate(IDS):
        assert np.array_equal(found[name].mask, face_mask(number))


def test_masks_of_other_forms_and_of_the_banks_size_are_read(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "segments")
    (folder / SEGMENTS_MASKS / "00000.png").write_bytes(mask_bytes(large(4)))
    (folder / SEGMENTS_MASKS / "00007.png").write_bytes(bitmap(large(4) // 255))
    (folder / SEGMENTS_MASKS / "00012.png").unlink()
    (folder / SEGMENTS_MASKS / "12.png").write_bytes(bitmap(face_mask(4)))
    os.utime(folder / SEGMENTS_MASKS / "12.png", (1_700_000_000, 1_700_000_000))
    found, problems = answers(read_segments, folder)
    assert problems == []
    assert all(np.array_equal(found[name].mask, face_mask(4)) for name in IDS)
    assert (found["00012"].date, found["00012"].date_from, found["00012"].tool) == (
        "2023-11-14",
        "file time",
        "segments",
    )


def test_soft_edges_are_cut_and_noted(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "segments")
    soft = cv2.GaussianBlur(large(0), (0, 0), 1.0).astype(np.uint8)
    (folder / SEGMENTS_MASKS / "00000.png").write_bytes(bitmap(soft))
    found, problems = answers(read_segments, folder)
    assert problems == [
        f"{SEGMENTS_MASKS}/00000.png: expected a mask of 0 and 255, got grey edges, cut at a half"
    ]
    mask = found["00000"].mask
    assert mask is not None and set(np.unique(mask)) == {0, 255} and (mask != face_mask(0)).mean() < 0.03


def test_verdicts_are_read_from_the_table_with_and_without_a_mask(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "segments")
    (folder / SEGMENTS_MASKS / "00007.png").unlink()
    # A spreadsheet takes the zeros away, and adds a byte order mark.
    (folder / SEGMENTS_TABLE).write_bytes("\ufeffid,verdict\r\n0,O\r\n7,excluded\r\n12,\r\n".encode())
    found, problems = answers(read_segments, folder)
    assert problems == []
    assert {name: one.verdict for name, one in found.items()} == {
        "00000": "O",
        "00007": "excluded",
        "00012": None,
    }
    assert found["00007"].mask is None and found["00000"].mask is not None


def test_faults_are_named(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "segments")
    grey = large(0).copy()
    grey[80:120, 50:90] = 128
    (folder / SEGMENTS_MASKS / "00000.png").write_bytes(bitmap(grey))
    (folder / SEGMENTS_MASKS / "00007.png").write_bytes(bitmap(np.full((10, 12), 255, np.uint8)))
    (folder / SEGMENTS_MASKS / "00012.png").write_bytes(b"")
    (folder / SEGMENTS_MASKS / "99.png").write_bytes(bitmap(large(0)))
    for name in ("notes.txt", "Thumbs.db", ".DS_Store", "._00000.png"):
        (folder / SEGMENTS_MASKS / name).write_text("")
    (folder / SEGMENTS_TABLE).write_text("id,verdict\n0,maybe\n12,O\n12,WO\n99,O\n")
    found, problems = answers(read_segments, folder)
    assert found == {}
    assert problems[:3] == [
        f"{SEGMENTS_TABLE}:2: expected O, WO, excluded or nothing, got 'maybe'",
        f"{SEGMENTS_TABLE}:4: expected one verdict a face, got WO beside O; neither is used",
        f"{SEGMENTS_TABLE}:5: expected a face of this review, got the unknown face '99'",
    ]
    assert sorted(problem.split(": expected")[0] for problem in problems[3:]) == [
        f"{SEGMENTS_MASKS}/00000.png",
        f"{SEGMENTS_MASKS}/00007.png",
        f"{SEGMENTS_MASKS}/00012.png",
        f"{SEGMENTS_MASKS}/99.png",
        f"{SEGMENTS_MASKS}/notes.txt",
    ]
    assert f"{SEGMENTS_MASKS}/00007.png: expected the image's size 120x160, got 12x10" in problems


@pytest.mark.parametrize("text", ["verdict\n", "", "id,verdict,who\n"])
def test_a_table_with_other_columns_stops(tmp_path: Path, text: str) -> None:
    folder, _ = exported(tmp_path, "segments")
    (folder / SEGMENTS_TABLE).write_text(text)
    with pytest.raises(ValueError, match=r"review\.csv: expected the columns id, verdict, got "):
        answers(read_segments, folder)
