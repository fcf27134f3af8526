from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from commands.main import app
from manifests.mixtures.mixture import known_mixtures
from tests.commands.documented import documented, report_of


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["mixtures", *map(str, words)])


def test_all_mixtures_are_reported_with_the_paper_s_counts() -> None:
    report = report_of("mixtures")
    assert report.keys() == set(documented()["mixtures"][0])
    assert [mixture["name"] for mixture in report["mixtures"]] == known_mixtures()
    shown = run().stdout
    assert all(name in shown for name in known_mixtures()) and "98408" in shown


def test_names_a_bank_and_datasets_narrow_it(bank_url: str, tmp_path: Path) -> None:
    words = ("c-wo,c-wo-with-randocc,c-wo", "--bank", bank_url, "--out", tmp_path, "--subset", "all")
    mixtures = report_of("mixtures", *words)["mixtures"]
    assert [(one["name"], one["totals"]["planned"]) for one in mixtures] == [
        ("c-wo", 1),
        ("c-wo-with-randocc", 3),
    ]
    assert all(part["published"] is None for one in mixtures for part in one["parts"])


def test_what_a_bank_lacks_is_one_line_for_all_mixtures(bank_url: str) -> None:
    done = run("--bank", bank_url)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("error: subset WO: expected a bank")


def test_faces_are_chosen_of_a_bank_alone() -> None:
    done = run("c-cm", "--split", "train", "--subset", "WO")
    assert done.exit_code == 2
    assert "expected a bank for --split and --subset, got none; give --bank" in done.stderr


def test_an_unknown_mixture_lists_the_known_ones() -> None:
    done = run("c-wo-with-all")
    assert done.exit_code == 2
    assert done.stderr == (
        f"error: NAMES: expected one of {', '.join(known_mixtures())} or a YAML file, got 'c-wo-with-all'\n"
    )
