"""``natocc replay``: render one sample again, from its json and the bank."""

from __future__ import annotations

from pydantic import Field

from commands.console import say
from commands.register import CommandReport, command
from tasks.inputs import (
    BankUrl,
    OutFolder,
    VersionUrl,
)
from tasks.options import Options, WeightsFolder


class ReplayOptions(Options):
    """The sample, its inputs, and where it goes."""

    url: VersionUrl = Field(description="A version, or a dataset (its latest version).")
    key: str = Field(description="The sample's key.")
    bank: BankUrl = Field(description="The bank that it was made from.")
    out: OutFolder = Field(description="Folder for the members.")
    weights: WeightsFolder = None


@command(
    model=ReplayOptions,
    positional=("url", "key"),
    example="natocc replay data/datasets/sample hand-00003-001 --bank data/bank --out data/again",
)
def replay(options: ReplayOptions) -> CommandReport:
    """Render a sample again, write its members, and say whether they equal the stored bytes."""
    from assets.bank.reader import Bank
    from shards import storage
    from shards.check_output import check_folder
    from tasks.render.replay import find_sample
    from tasks.render.replay import replay as render_again

    key, out = options.key, options.out
    check_folder(str(out))
    stored = find_sample(options.url, key)
    again = render_again(stored, Bank(options.bank), options.weights)
    for name, data in again.items():
        storage.write_bytes(str(out / f"{key}.{name}"), data)
    differing = [name for name, data in again.items() if stored.get(name) != data]
    say(f"{out}: {len(again)} members of {key}")
    say(
        f"differs from the stored bytes: {', '.join(differing)}" if differing else "equal to the stored bytes"
    )
    return CommandReport(
        {"out": out, "members": sorted(again), "differing": differing}, code=1 if differing else 0
    )
