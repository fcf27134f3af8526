"""``natocc info``: what is in a version or a bank."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from commands.console import console, count_line, one_clear_message


def info(url: Annotated[str, typer.Argument(help="A version, a dataset or a bank.")]) -> None:
    """Print recipe, counts, backends and sizes."""
    from rich.table import Table

    from assets.bank.reader import Bank
    from manifests.dataset import read_dataset, resolve_version
    from tasks.verify.bank import is_bank

    with one_clear_message():
        if is_bank(url):
            facts = {key: value for key, value in Bank(url).index.items() if key != "files"}
            console.print(json.dumps(facts, indent=1), markup=False)
            return
        version = resolve_version(url)
        dataset = read_dataset(version)
    recipe = dataset.recipe
    megabytes = sum(shard.bytes for shard in dataset.shards) / 1e6
    console.print(f"{dataset.name} {dataset.version}: {recipe['description']}", markup=False)
    console.print(f"profile {recipe['profile']}, seed {recipe['seed']}, size {recipe['size']}")
    console.print(f"{count_line(dataset.counts)}; {len(dataset.shards)} shards, {megabytes:.1f} MB")
    table = Table("set", "kept", "rejected", "failed")
    for name, counts in dataset.counts_by_set.items():
        table.add_row(name, *(str(count) for count in counts.values()))
    console.print(table)
    for stage, backend in dataset.backends.items():
        console.print(f"{stage}: {backend or 'none'}")
    console.print(f"bank {dataset.bank['content_sha256']}")
    console.print(version, markup=False)
