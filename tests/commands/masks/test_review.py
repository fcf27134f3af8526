from __future__ import annotations

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from commands.main import app
from tests.raw_trees import disc, write
from tests.reviews import HEIGHT, WIDTH, bitmap, small_bank
from tests.tasks.review.own.sets import own_set


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["review", *map(str, arguments)])
    return done.exit_code, done.output


def test_export_and_import_say_what_they_did(tmp_path: Path) -> None:
    raw, url = small_bank(tmp_path)
    out = tmp_path / "review"
    code, text = run("export", "--bank", url, "--out", out, "--format", "segments", "-n", 2)
    assert (code, text) == (0, f"{out}: 2 faces for segments, by id\n")
    write(out / "masks/00000.png", bitmap(disc(HEIGHT, WIDTH, 0.4)))
    (out / "review.csv").write_text("id,verdict\n7,O\n")
    code, text = run("import", out, "--raw", raw, "--bank", url, "--who", "Ann", "--date", "2024-05-09")
    said = (
        "1 new corrected mask, 1 new verdict, 1 mask unchanged by the annotator, 0 masks imported before, "
        "0 faces without a usable answer"
    )
    assert (code, text) == (0, f"{raw}: {said}\n")
    assert (
        raw / CORRECTED_FOLDER / "verdicts.csv"
    ).read_text() == "file,verdict,who,date\n7.jpg,O,Ann,2024-05-09\n"


def test_problems_are_listed_together_and_end_with_1(tmp_path: Path) -> None:
    raw, url = small_bank(tmp_path)
    out = tmp_path / "review"
    run("export", "--bank", url, "--out", out, "--format", "segments")
    write(out / "masks/00000.png", bitmap(np.zeros((HEIGHT, WIDTH), np.uint8)))
    write(out / "masks/00007.png", bitmap(disc(HEIGHT, WIDTH, 0.4)))
    write(out / "masks/00099.png", b"")
    code, text = run("import", out, "--raw", raw, "--bank", url)
    assert code == 1 and not (raw / CORRECTED_FOLDER).exists()
    assert text.splitlines() == [
        "masks/00000.png: expected a mask with pixels, or the verdict exclude, got an empty mask",
        "masks/00099.png: expected a face of this review, got the unknown face '00099'",
        "nothing written because of 2 problems; the other answers: 1 new corrected mask, 0 new verdicts, 1 mask "
        "unchanged by the annotator, 0 masks imported before, 1 face without a usable answer. Fix the problems, "
        "or skip those answers with --keep-going",
    ]
    code, text = run("import", out, "--raw", raw, "--bank", url, "--keep-going")
    assert code == 0 and (raw / CORRECTED_FOLDER / "7.png").is_file()


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    raw, url = small_bank(tmp_path)
    code, text = run("import", tmp_path, "--raw", raw, "--bank", url, "--date", "1 May")
    assert (code, text.splitlines()) == (
        2,
        [
            f"error: FOLDER: expected a review (review.json in it), got no file at {tmp_path}/review.json",
            "error: --date: expected a day as YYYY-MM-DD, got '1 May'",
        ],
    )
    code, text = run("export", "--bank", url, "--out", tmp_path / "x", "--format", "voc")
    assert (code, text) == (2, "error: --format: expected labelme, coco or segments, got 'voc'\n")
    code, text = run("export", "--bank", url, "--out", raw, "--limit", "0")
    assert code == 2 and [line.partition(", got")[0] for line in text.splitlines()] == [
        "error: --limit: expected at least 1",
        "error: --out: expected a new or empty folder",
    ]


def test_a_set_of_one_s_own_goes_out_and_back(tmp_path: Path) -> None:
    own, coarse = own_set(tmp_path, ("a", "b"))
    out = tmp_path / "review"
    code, text = run("export", "--own", own, "--masks", coarse, "--out", out)
    assert (code, text) == (0, f"{out}: 2 faces for labelme, by name\n")
    code, text = run("import", out, "--own", own)
    assert code == 0 and text.startswith(f"{own}: 0 new corrected masks, 0 new verdicts, 2 masks unchanged")
    assert sorted(path.name for path in (own / "mask").iterdir()) == ["a.png", "b.png"]


def test_a_review_is_of_a_bank_or_of_a_set_of_one_s_own(tmp_path: Path) -> None:
    own, coarse = own_set(tmp_path)
    _, url = small_bank(tmp_path / "other")
    for words, said in (
        (("export", "--own", own), "expected --own and --masks together"),
        (("export", "--own", own, "--masks", coarse, "--bank", url), "expected --bank or --own, got both"),
        (("export", "--own", own, "--masks", coarse, "--limit", 1), "none of --queue, --limit and --ids"),
        (("export",), "expected --bank or --own, got neither"),
    ):
        code, text = run(*words, "--out", tmp_path / "review")
        assert code == 2 and said in text
    run("export", "--own", own, "--masks", coarse, "--out", tmp_path / "review")
    code, text = run("import", tmp_path / "review")
    assert code == 2 and "expected --raw or --own, got neither" in text
    code, text = run("import", tmp_path / "review", "--raw", tmp_path / "other/raw")
    assert code == 2 and "expected --bank beside --raw" in text
