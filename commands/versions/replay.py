"""``natocc replay``: render one sample again, from its json and the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import say
from commands.register import CommandReport, command


@command(example="natocc replay data/datasets/sample hand-00003-001 --bank data/bank --out data/again")
def replay(
    url: Annotated[str, typer.Argument(help="A version, or a dataset (its latest version).")],
    key: Annotated[str, typer.Argument(help="The sample's key.")],
    bank: Annotated[str, typer.Option(help="The bank that it was made from.")],
    out: Annotated[Path, typer.Option(help="Folder for the members.")],
    weights: Annotated[
        str | None, typer.Option(help="Folder of weights: $NATOCC_WEIGHTS or data/weights unless given.")
    ] = None,
) -> CommandReport:
    """Render a sample again, write its members, and say whether they equal the stored bytes."""
    from assets.bank.reader import Bank
    from shards import storage
    from tasks.render.replay import find_sample
    from tasks.render.replay import replay as render_again

    stored = find_sample(url, key)
    again = render_again(stored, Bank(bank), weights)
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
