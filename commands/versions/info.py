"""``natocc info``: the content of a version or a bank."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import Field

from assets.wording import count_of, list_counts
from commands.console import print_table, say
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import VersionOrBankUrl
from tasks.options import Options

if TYPE_CHECKING:
    from manifests.dataset import Dataset


class InfoOptions(Options):
    """What to describe."""

    url: VersionOrBankUrl = Field(description="A version, a dataset or a bank.")


@command(
    model=InfoOptions,
    positional=("url",),
    example="natocc info data/datasets/sample --json",
    stopped=READS_ALONE,
)
def info(options: InfoOptions) -> CommandReport:
    """Print recipe, counts, backends and sizes."""
    from assets.bank.reader import Bank
    from manifests.dataset import read_dataset
    from tasks.verify.bank import bank_or_version

    version = bank_or_version(options.url)
    if version is None:
        index = {key: value for key, value in Bank(options.url).index.items() if key != "files"}
        say(*json.dumps(index, indent=1).splitlines())
        return CommandReport(index)
    dataset = read_dataset(version)
    size = sum(shard.bytes for shard in dataset.shards)
    _print(dataset, size, version)
    fields = {
        "url": version,
        "name": dataset.name,
        "version": dataset.version,
        "recipe": dataset.recipe,
        "counts": dataset.counts,
        "counts_by_set": dataset.counts_by_set,
        "shards": len(dataset.shards),
        "bytes": size,
        "backends": dataset.backends,
        "bank_sha256": dataset.bank["content_sha256"],
        "format": dataset.format,
        "written_by": dataset.written_by,
        "warnings": dataset.warnings(),
    }
    return CommandReport(fields)


def _print(dataset: Dataset, size: int, version: str) -> None:
    recipe = dataset.recipe
    say(f"{dataset.name} {dataset.version}: {' '.join(recipe['description'].split())}")
    say(f"profile {recipe['profile']}, seed {recipe['seed']}, size {recipe['size']}")
    say(f"{list_counts(dataset.counts)}; {count_of(len(dataset.shards), 'shards')}, {size / 1e6:.1f} MB")
    print_table([{"set": name, **counts} for name, counts in dataset.counts_by_set.items()])
    say(*(f"warning: {line}" for line in dataset.warnings()))
    say(*(f"{stage}: {backend or 'none'}" for stage, backend in dataset.backends.items()))
    say(f"bank {dataset.bank['content_sha256']}", version)
