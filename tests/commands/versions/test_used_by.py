from __future__ import annotations

from typer.testing import CliRunner

from commands.main import app
from tests.commands.documented import documented, report_of


def test_uses_are_printed_and_reported(url: str) -> None:
    fields = {name: set(rows[0]) for name, rows in documented().items()}
    report = report_of("used-by", "00000", url)
    assert report.keys() == fields["used-by"] and report["roles"] == ["face"]
    shown = CliRunner().invoke(app, ["used-by", "00000", url]).stdout.splitlines()
    assert len(shown) == len(report["samples"]) + 1 and shown[-1].endswith("as face")
