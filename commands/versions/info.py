"""``natocc info``: the content of a version or a bank."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import Field

from assets.wording import count_of, list_counts
from commands.console import print_table, say, warn
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import VersionOrBankUrl
from tasks.options import Options

if TYPE_CHECKING:
    from manifests.dataset import Dataset


class InfoOptions(Options):
    """What to describe."""

    url: VersionOrBankUrl = Field(
        description="A version, a dataset (its latest version, and all its versions), or a bank."
    )


@command(
    model=InfoOptions,
    positional=("url",),
    example="natocc info data/datasets/sample --json",
    stopped=READS_ALONE,
)
def info(options: InfoOptions) -> CommandReport:
    """Print recipe, counts, backends and sizes; of a dataset, its versions with their numbers too."""
    from assets.bank.reader import Bank
    from shards import storage
    from tasks.history.describe import describe_history
    from tasks.history.locate import locate_version
    from tasks.verify.bank import bank_or_version

    version = bank_or_version(options.url)
    if version is None:
        index = {key: value for key, value in Bank(options.url).index.items() if key != "files"}
        say(*json.dumps(index, indent=1).splitlines())
        return CommandReport(index)
    located = locate_version(version)
    dataset, history = located.dataset, describe_history(located.dataset_url, located.version)
    size = sum(shard.bytes for shard in dataset.shards)
    _print(dataset, history.number, size, version)
    if storage.join(options.url) != version:
        say("", f"Versions of {dataset.name}:")
        print_table(history.rows())
    warn(*filter(None, [history.problem]))
    fields = {
        "url": version,
        "name": dataset.name,
        "version": dataset.version,
        "number": history.number,
        "history": history.fields(),
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


def _print(dataset: Dataset, number: str | None, size: int, version: str) -> None:
    recipe = dataset.recipe
    named = f"{dataset.version} ({number})" if number else dataset.version
    say(f"{dataset.name} {named}: {' '.join(recipe['description'].split())}")
    labels = recipe.get("labels", "corrected")
    say(f"profile {recipe['profile']}, seed {recipe['seed']}, size {recipe['size']}, labels {labels}")
    say(f"{list_counts(dataset.counts)}; {count_of(len(dataset.shards), 'shards')}, {size / 1e6:.1f} MB")
    print_table([{"set": name, **counts} for name, counts in dataset.counts_by_set.items()])
    say(*(f"warning: {line}" for line in dataset.warnings()))
    say(*(f"{stage}: {backend or 'none'}" for stage, backend in dataset.backends.items()))
    say(f"bank {dataset.bank['content_sha256']}", version)
