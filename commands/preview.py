"""``natocc preview``: a contact sheet of a version or a bank."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.report import console, one_clear_message


def preview(
    url: Annotated[str, typer.Argument(help="A version, a dataset or a bank.")],
    out: Annotated[str, typer.Option(help="The .png or .jpg to write.")],
    count: Annotated[int, typer.Option("-n", help="How many samples.")] = 24,
) -> None:
    """Occluded face, mask, alpha and clean face side by side; of a bank, its entries."""
    from tasks.preview import preview as write_preview

    with one_clear_message():
        console.print(write_preview(url, out, count), markup=False)
