from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assets.datasets.celebamask.reader import check_faces
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER, CorrectedMasks, corrected_masks
from assets.face_metadata.provenance import PROVENANCE, Correction, add_provenance, corrections_of
from assets.face_metadata.verdicts import encode_verdicts
from assets.problems import Problem
from shards.storage import sha256_bytes
from tests.raw_trees import add_face, disc, encoded, write

MASK = encoded(disc(40, 40), "PNG")
LINE = Correction(
    id="00007",
    file="7.png",
    sha256=sha256_bytes(MASK),
    format="labelme",
    tool="labelme 5.5.0",
    annotation="images/00007.json",
    annotation_sha256="a" * 64,
    who="Zoë",
    date="2024-05-09",
    date_from="given",
    previous_sha256="b" * 64,
    review="c" * 64,
)


def read(
    raw: Path, *lines: Correction, extra: bytes = b""
) -> tuple[dict[str, dict[str, object]], list[Problem]]:
    problems: list[Problem] = []
    write(raw / CORRECTED_FOLDER / PROVENANCE, add_provenance(extra, list(lines)))
    masks = corrected_masks(raw, ["7", "8"], problems.append).masks
    reviewed = corrections_of(raw, raw / CORRECTED_FOLDER, masks, problems.append)
    assert not reviewed.edited & reviewed.origins.keys()
    return reviewed.origins, problems


def test_a_mask_is_told_by_its_newest_line_of_just_that_mask(tmp_path: Path) -> None:
    write(tmp_path / CORRECTED_FOLDER / "7.png", MASK)
    write(tmp_path / CORRECTED_FOLDER / "8.png", MASK)
    newest = replace(LINE, who="B", date="2024-06-01")
    found, problems = read(tmp_path, LINE, newest, replace(LINE, sha256="d" * 64, who="C"))
    assert problems == []
    assert found == {
        "00007": {
            "tool": "labelme 5.5.0",
            "who": "B",
            "date": "2024-06-01",
            "date_from": "given",
            "sha256": sha256_bytes(MASK),
            "annotation_sha256": "a" * 64,
            "previous_sha256": "b" * 64,
        }
    }


def test_a_mask_edited_since_keeps_no_provenance_and_is_noted(tmp_path: Path) -> None:
    write(tmp_path / CORRECTED_FOLDER / "7.png", encoded(disc(40, 40, 0.4), "PNG"))
    found, problems = read(tmp_path, LINE)
    assert found == {}
    (problem,) = problems
    assert problem.action == "noted"
    assert str(problem) == (
        f"{CORRECTED_FOLDER}/7.png: expected the mask that {PROVENANCE} records, "
        "got another: edited since; taken, and its origin left out"
    )
    masks = {"00007": (tmp_path / CORRECTED_FOLDER / "7.png",)}
    reviewed = corrections_of(tmp_path, tmp_path / CORRECTED_FOLDER, masks, problems.append)
    assert reviewed.edited == {"00007"}, "a review's mask is upright, also when it was edited"


def test_lines_of_no_mask_and_lines_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    write(tmp_path / CORRECTED_FOLDER / "7.png", MASK)
    short = json.dumps({"file": "7.png"}).encode() + b"\n{broken\n\xff\n"
    found, problems = read(tmp_path, LINE, replace(LINE, file="30000.png"), extra=short)
    assert found["00007"]["who"] == "Zoë"
    where = f"{CORRECTED_FOLDER}/{PROVENANCE}"
    assert str(problems[0]) == f"{where}:1: expected a correction as JSON, got id Field required"
    assert [problem.path for problem in problems] == [f"{where}:1", f"{where}:2", f"{where}:3", where]
    assert str(problems[3]) == (
        f"{where}: expected each mask that it records, got 1 correction without a mask (30000.png); "
        "restore the masks, or remove the lines"
    )


def test_tables_among_the_masks_are_no_masks(tmp_path: Path) -> None:
    add_face(tmp_path, "7", b"x", {"skin": b"x"})
    for name in (PROVENANCE, "CelebAMask-HQ-WO-train.txt", "more.csv"):
        write(tmp_path / CORRECTED_FOLDER / name, b"")
    write(tmp_path / CORRECTED_FOLDER / "verdicts.csv", encode_verdicts({}))
    check_faces(tmp_path)
    problems: list[Problem] = []
    assert corrected_masks(tmp_path, ["7"], problems.append) == CorrectedMasks(masks={}, unfit={})
    assert [problem.path for problem in problems] == [f"{CORRECTED_FOLDER}/more.csv"]
