from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.main import app
from shards.storage import sha256_bytes
from tests.bank_entries import shard_file
from tests.raw_trees import FACES, IMAGES, add_face, add_sidecar, disc, portrait, whole_tree, write
from tests.upscalers import add_rrdbnet

pytestmark = pytest.mark.xdist_group("prepare_command")
REFUSED = f"{FACES}/{IMAGES}/9.jpg: expected a photograph, got an empty file"


def call(raw: Path, bank: Path, *options: str) -> Result:
    return CliRunner().invoke(
        app, ["prepare", "--raw", str(raw), "--bank", str(bank), "--workers", "1", *options]
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """A raw tree with one bad photograph, its bank, and what was printed."""
    folder = tmp_path_factory.mktemp("made")
    whole_tree(folder / "raw")
    add_face(folder / "raw", "9", b"")
    add_face(folder / "raw", "2", portrait(1024, 1024), {"skin": disc(512, 512)})
    add_sidecar(
        folder / "raw" / FACES,
        {"file": f"{IMAGES}/2.jpg", "split": "test", "person": "ada"},
        {"file": f"{IMAGES}/1.jpg", "split": "", "person": "ada"},
    )
    shutil.rmtree(folder / "raw/COCO")
    return folder / "raw", folder / "bank", call(folder / "raw", folder / "bank")


def test_one_line_a_problem_then_the_counts_and_exit_0(made: tuple[Path, Path, Result]) -> None:
    raw, bank, done = made
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"{FACES}/{IMAGES}/0.jpg: expected an upright 8-bit colour JPEG of 1024 pixels, got size 160x160 (converted)",
        f"{FACES}/{IMAGES}/1.jpg: expected an upright 8-bit colour JPEG of 1024 pixels, got size 160x160 (converted)",
        REFUSED,
        f"COCO: not under {raw}; what needs it can't be built",
    ]
    assert done.stdout == (
        f"{bank}: 1 train face, 2 test faces, 0 objects, 1 hand, 1 texture, 1 occluded face; "
        "1 refused; 1 moved to test (face 00001); 4 shards made, 0 kept\n"
    )


def test_an_occluder_that_is_excluded_is_counted_apart(
    made: tuple[Path, Path, Result], tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(made[0], raw)
    hand = next((raw / "11k-hands/Hands").iterdir())
    write(raw / "11k-hands/natocc.csv", f"file,split\nHands/{hand.name},tst\n".encode())
    shown = call(raw, tmp_path / "bank").stdout
    assert ", 0 hands, 1 excluded hand, 1 texture, " in shown


def test_strict_exits_1_where_something_was_refused_and_nothing_is_made_twice(
    made: tuple[Path, Path, Result],
) -> None:
    raw, bank, first = made
    before = shard_file(bank, "face-000000").stat().st_mtime_ns
    done = call(raw, bank, "--strict")
    assert done.exit_code == 1
    assert done.stderr == first.stderr, "problems are printed again"
    assert done.stdout == f"unchanged: {first.stdout}".replace(
        "4 shards made, 0 kept", "0 shards made, 4 kept"
    )
    assert shard_file(bank, "face-000000").stat().st_mtime_ns == before


def test_strict_exits_0_where_all_was_taken(made: tuple[Path, Path, Result], tmp_path: Path) -> None:
    shutil.copytree(made[0], tmp_path / "raw")
    (tmp_path / "raw" / FACES / IMAGES / "9.jpg").unlink()
    shutil.rmtree(tmp_path / "raw" / FACES / "CelebAMask-HQ-mask-anno")
    for stem in ("0", "1", "2"):
        add_face(tmp_path / "raw", stem)
    assert call(tmp_path / "raw", tmp_path / "bank", "--strict").exit_code == 0


def test_options_that_change_the_bank_are_named(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    add_face(raw, "1", portrait(1024, 1024), {"skin": disc(512, 512)})
    assert "contents changed" not in call(raw, bank, "--objects", "all").stderr
    assert "contents changed" not in call(raw, bank, "--objects", "all").stderr
    changed = call(raw, bank, "--no-hold-out")
    assert [line for line in changed.stderr.splitlines() if "changed" in line] == [
        f"objects: default now, all when {bank} was made before; its contents changed",
        f"hold_out: False now, True when {bank} was made before; its contents changed",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--upscaler", "glean,realesrgan", "--weights", "none"],
            "--upscaler glean,realesrgan: expected one of them to be there, got none (glean (no weights), "
            "realesrgan (no weights), in none); run natocc weights list, which says how to get them, or name "
            "lanczos last",
        ),
        (
            ["--upscaler", "lanczos,,"],
            "--upscaler: expected names, each once, such as glean,realesrgan,lanczos, got 'lanczos,,'",
        ),
        (
            ["--objects", "no.txt"],
            "--objects: expected default, all or a file of annotation ids, got 'no.txt'",
        ),
        (["--workers", "0"], "--workers: expected at least 1 and at most 256, got 0"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_2(
    made: tuple[Path, Path, Result], options: list[str], message: str
) -> None:
    done = call(made[0], made[1], *options)
    assert done.exit_code == 2
    assert done.stderr == f"error: {message}\n" and done.stdout == ""


def test_a_wrong_folder_and_a_bank_that_cannot_be_are_one_line(
    made: tuple[Path, Path, Result], tmp_path: Path
) -> None:
    raw = made[0]
    deep = call(raw / FACES, tmp_path / "bank")
    assert deep.exit_code == 1
    assert deep.stderr == (
        f"error: {raw / FACES}: expected a folder that holds {FACES}, got {FACES} itself; give {raw}\n"
    )
    blocked = write(tmp_path / "file", b"in the way")
    for bank in (blocked, blocked / "bank"):
        done = call(raw, bank)
        assert done.exit_code == 2
        assert done.stderr == f"error: --bank: expected a folder or a new name, got the file {blocked}\n"


def test_a_bank_of_this_is_what_preview_draws(made: tuple[Path, Path, Result], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["preview", str(made[1]), "--out", str(tmp_path / "sheet.png"), "-n", "2"])
    assert done.exit_code == 0 and (tmp_path / "sheet.png").stat().st_size > 0


def test_the_upscaler_that_is_taken_is_told_and_what_it_enlarged_is_counted(tmp_path: Path) -> None:
    raw, weights = tmp_path / "raw", tmp_path / "weights"
    whole_tree(raw)
    options = ("--objects", "all", "--weights", str(weights), "--upscaler", "glean,realesrgan,lanczos")
    done = call(raw, tmp_path / "bank", *options)
    assert done.exit_code == 0
    line = "upscaler lanczos; skipped: glean (no weights), realesrgan (no weights)"
    assert [line for line in done.stderr.splitlines() if "upscaler" in line] == [line]
    assert "objects by upscaler" not in done.stdout
    sha256 = sha256_bytes(add_rrdbnet(weights).read_bytes())
    done = call(raw, tmp_path / "bank", *options, "--device", "cpu")
    line = f"upscaler realesrgan (rrdbnet, weights {sha256[:12]}, cpu, float32); skipped: glean (no weights)"
    assert [line for line in done.stderr.splitlines() if "upscaler" in line] == [line]
    assert done.stdout.splitlines()[1:] == ["objects by upscaler: 1 realesrgan"]
    wrong = call(raw, tmp_path / "bank", *options, "--device", "tpu")
    assert wrong.stderr == "error: --device: expected auto, cpu or cuda, got 'tpu'\n"
