"""``natocc replay``: one sample again, from its json and the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import console, one_clear_message


def replay(
    url: Annotated[str, typer.Argument(help="A version, or a dataset (its latest version).")],
    key: Annotated[str, typer.Argument(help="The sample's key.")],
    bank: Annotated[str, typer.Option(help="The bank it was made from.")],
    out: Annotated[Path, typer.Option(help="Folder for the members.")],
    weights: Annotated[
        str | None, typer.Option(help="Folder of weights; else $NATOCC_WEIGHTS, or data/weights.")
    ] = None,
) -> None:
    """Render a sample anew, write its members, and say whether they are the stored bytes."""
    from assets.bank.reader import Bank
    from shards import storage
    from tasks.render.replay import find_sample
    from tasks.render.replay import replay as render_again

    with one_clear_message():
        stored = find_sample(url, key)
        again = render_again(stored, Bank(bank), weights)
        for name, data in again.items():
            storage.write_bytes(str(out / f"{key}.{name}"), data)
    differing = [name for name, data in again.items() if stored.get(name) != data]
    console.print(f"{out}: {len(again)} members of {key}", markup=False)
    if differing:
        console.print(f"differs from the stored bytes: {', '.join(differing)}")
        raise typer.Exit(1)
    console.print("equal to the stored bytes")
