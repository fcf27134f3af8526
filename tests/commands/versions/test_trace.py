from __future__ import annotations

from typer.testing import CliRunner

from commands.main import app
from tests.commands.documented import documented, report_of


def test_a_trace_is_printed_and_reported(url: str) -> None:
    fields = {name: set(rows[0]) for name, rows in documented().items()}
    assert report_of("trace", url, "object-00000-000").keys() == fields["trace"]
    shown = CliRunner().invoke(app, ["trace", url, "object-00000-000"]).stdout
    assert "key: object-00000-000\n" in shown and "face:\n  id: 00000\n" in shown
    unknown = CliRunner().invoke(app, ["trace", url, "object-00000-999"])
    assert unknown.exit_code == 1 and "did you mean object-00000-00" in unknown.stderr
