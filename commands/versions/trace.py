"""``natocc trace``: where one sample comes from."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import Field

from commands.console import say
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import VersionUrl
from tasks.options import Options


class TraceOptions(Options):
    """The sample."""

    url: VersionUrl = Field(description="A version, or a dataset (its latest version).")
    key: str = Field(description="The sample's key, or its cache_key.")


@command(
    model=TraceOptions,
    positional=("url", "key"),
    example="natocc trace data/datasets/sample hand-00003-001",
    stopped=READS_ALONE,
)
def trace(options: TraceOptions) -> CommandReport:
    """Print a sample's inputs with hashes and terms, all parameters and backends."""
    from tasks.lineage.trace import trace_sample

    fields = asdict(trace_sample(options.url, options.key))
    for name, value in fields.items():
        if isinstance(value, dict):
            say(f"{name}:", *(f"  {inner}: {_text(item)}" for inner, item in value.items()))
        else:
            say(f"{name}: {_text(value)}")
    return CommandReport(fields)


def _text(value: object) -> str:
    if value is None or value == "":
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
