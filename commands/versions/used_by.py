"""``natocc used-by``: the samples that were made from an input."""

from __future__ import annotations

from pydantic import Field

from assets.wording import count_of
from commands.console import say
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import VersionUrl
from tasks.options import Options


class UsedByOptions(Options):
    """The input, and the version."""

    input: str = Field(description="Id of a face or an occluder, a person, or the sha256 of a photograph.")
    url: VersionUrl = Field(description="A version, or a dataset (its latest version).")


@command(
    model=UsedByOptions,
    positional=("input", "url"),
    example="natocc used-by hand_0000002 data/datasets/sample",
    stopped=READS_ALONE,
)
def used_by(options: UsedByOptions) -> CommandReport:
    """List all samples of a version that were made from an input, with their verdicts."""
    from tasks.lineage.used_by import used_by as find

    use = find(options.url, options.input)
    say(*(f"{row.key}  {row.shard}  {row.verdict}" for row in use.rows))
    say(f"{count_of(len(use.rows), 'samples')} of version {use.version}, as {' and '.join(use.roles)}")
    samples = [{"key": row.key, "shard": row.shard, "verdict": row.verdict} for row in use.rows]
    return CommandReport({"input": use.name, "version": use.version, "roles": use.roles, "samples": samples})
