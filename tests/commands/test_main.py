from __future__ import annotations

from pathlib import Path

from tests.commands.documented import documented, report_of
from tests.commands.walk import all_commands
from tests.raw_trees import whole_tree


def test_every_command_is_documented() -> None:
    names = {" ".join(path) for path, command in all_commands() if not command.hidden}
    assert names <= set(documented())
    assert {"build", "review export", "review import", "weights list"} <= names


def test_reports_have_the_fields_that_are_documented(bank_url: str, tmp_path: Path) -> None:
    fields = {name: set(rows[0]) for name, rows in documented().items()}
    whole_tree(tmp_path / "raw")
    assert report_of("census", "--raw", tmp_path / "raw").keys() == fields["census"]
    prepared = report_of("prepare", "--raw", tmp_path / "raw", "--bank", tmp_path / "b", "--workers", 1)
    assert prepared.keys() == fields["prepare"] and prepared["refused"] == 0
    options = ("--bank", bank_url, "--out", tmp_path / "out")
    built = report_of("build", "sample", *options, "--limit", 1, "--workers", 1)
    assert built.keys() == fields["build"] and sum(built["counts"].values()) > 0
    verified = report_of("verify", built["url"], "--workers", 1)
    assert verified.keys() == {"url", "samples", "shards", "findings"} and verified["findings"] == []
    shown = report_of("info", built["url"])
    assert {"url", "name", "version", "recipe"} < shown.keys() and shown["counts"] == built["counts"]
    assert report_of("info", bank_url)["content_sha256"] == shown["bank_sha256"]
    sheet = tmp_path / "sheet.png"
    assert report_of("preview", built["url"], "--out", sheet) == {"files": [str(sheet)]}
    assert report_of("weights", "list").keys() == {"folder", "weights", "others"}
