from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from commands.main import app
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
