"""What docs/commands.md says of the commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from commands.main import app

DOCS = Path(__file__).parents[2] / "docs/commands.md"


def documented() -> dict[str, list[list[str]]]:
    """By command: the names of its report's fields, as often as it has reports."""
    rows = re.findall(r"^\| (`.+?) \| .* \| (.*) \|$", DOCS.read_text(encoding="utf-8"), re.M)
    return {
        name: [re.findall(r"`(\w+)`", part) for part in fields.split(";")]
        for names, fields in rows
        for name in re.findall(r"`([a-z -]+)`", names)
    }


def report_of(*words: object) -> dict[str, Any]:
    """The report that a command prints with --json."""
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert done.exit_code in (0, 1), done.output
    return dict(json.loads(done.stdout))
