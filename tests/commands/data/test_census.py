from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from commands.main import app
from tests.faulty_tree import CLUTTER, faulty_tree
from tests.raw_trees import add_face, part_path, whole_tree, write


def call(raw: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["census", "--raw", str(raw), *options])


def test_a_table_then_what_is_absent_then_every_problem(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    add_face(tmp_path, "2", b"x", {})
    write(part_path(tmp_path, "7", "skin"), b"x")
    done = call(tmp_path)
    assert done.exit_code == 0
    faces = next(line for line in done.stdout.splitlines() if "CelebA-HQ-img" in line)
    cells = [cell.strip() for cell in faces.split("│")]
    assert cells[1:5] == [
        "CelebAMask-HQ",
        "CelebAMask-HQ/CelebA-HQ-img",
        "3",
        "30000, 1024x1024; masks 512x512",
    ]
    assert cells[6].startswith("CelebAMask-HQ: non-commercial")
    assert f"iHarmony4: not under {tmp_path}" in done.stdout.splitlines()
    assert [line.partition(": expected")[0] for line in done.stderr.splitlines()] == [
        "CelebAMask-HQ/CelebA-HQ-img/2.jpg"
    ]
    last = [cell.strip() for cell in done.stdout.splitlines()[-2].split("│")]
    assert last[1:5] == [
        *("CelebAMask-HQ/CelebAMask-HQ-mask-anno", "1", "masks without a photograph", "0/00007_skin.png")
    ]
    assert call(tmp_path, "--strict").exit_code == 1


def test_strict_ends_well_where_all_is_as_it_should_be(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    assert call(tmp_path, "--strict").exit_code == 0
    done = call(tmp_path / "nowhere")
    assert done.exit_code == 2 and "--raw: expected a folder of datasets, got none at" in done.stderr


def test_one_of_each_thing_that_matches_nothing_is_counted_named_and_fails_strict(tmp_path: Path) -> None:
    done = call(faulty_tree(tmp_path), "--json", "--strict")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    found = {(one["path"], one["kind"]): one["names"] for one in report["unmatched"]}
    expected = {
        ("CelebAMask-HQ-masks_corrected", "masks without a photograph"): ["9.png"],
        ("CelebAMask-HQ/CelebAMask-HQ-mask-anno", "masks without a photograph"): ["0/00007_skin.png"],
        ("CelebAMask-HQ/CelebAMask-HQ-mask-anno", "masks of no known part"): ["0/00000_beard.png"],
        ("COCO/annotations/instances_sample.json", "annotations without a photograph"): [
            "annotation 2 of sample/000000000002.jpg"
        ],
        ("COCO/sample", "pictures that no annotation file lists"): ["000000000077.jpg"],
        ("11k-hands_masks", "masks without a photograph"): ["Hand_0000008.png"],
        ("RealOcc/mask", "masks without a photograph"): ["2.png"],
        ("RealOcc/split/val.txt", "names without a photograph"): ["3"],
        ("dtd/labels/train1.txt", "names without a photograph"): ["pitted/pitted_0002.jpg"],
        ("11k-hands/HandInfo.csv", "rows without a photograph"): ["Hand_0000009"],
        ("CelebAMask-HQ/natocc.csv", "rows without a photograph"): ["CelebA-HQ-img/5.jpg"],
        ("CelebAMask-HQ-WO-test.txt", "names without a photograph"): ["6"],
        (".", "files that no reader reads"): ["celeba.zip"],
        ("COCO/test2017", "files that no reader reads"): ["000000000001.jpg"],
        ("RealOcc_wild", "files that no reader reads"): ["image/1.jpg"],
    }
    assert found == expected
    text = json.dumps(report)
    assert not [name for name in CLUTTER if name in text], "clutter is passed over"


def test_tables_above_a_bound_are_refused_here_as_in_prepare(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    write(tmp_path / "CelebAMask-HQ/CelebAMask-HQ-pose-anno.txt", b" " * (2 << 20))
    assert "2,097,152 bytes (at most 1,048,576 bytes)" in call(tmp_path, "--table-mib", "1").stderr
