"""The bank and the latest version of a dataset again, as they were made before."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from assets.bank.reader import Bank, Entry
from manifests.dataset import Dataset
from manifests.recipe import RecipeError, load_recipe
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.version import BuildReport, build
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions, former_options
from tasks.prepare.upscaling.choose import choose_upscaler
from tasks.progress import OnProgress
from tasks.withdraw.options import WithdrawOptions
from tasks.withdraw.versions import StoredVersion


class RemainingBank(Bank):
    """A bank without some of its entries, as it will be when it is prepared again."""

    def __init__(self, bank: Bank, left_out: Collection[tuple[str, str]]) -> None:
        """``left_out``: kind and id of each entry that goes."""
        self.url, self.index = bank.url, bank.index
        self._bank, self._left_out = bank, frozenset(left_out)

    def entries(self, kind: str) -> tuple[Entry, ...]:
        rows = self._bank.entries(kind)
        return tuple(entry for entry in rows if (entry.kind, entry.id) not in self._left_out)


def prepare_options(options: WithdrawOptions) -> PrepareOptions:
    """The options that the bank records, their files and networks looked up.

    Raises ValueError for a bank that records none; OptionsError, ValueError or FileNotFoundError for what is
    not there any more.
    """
    former = former_options(options.bank)
    if former is None:
        raise ValueError(
            f"{options.bank}: expected a bank that records its options, got none; run natocc prepare with "
            "the options that it was made with first"
        )
    fields = former.model_dump() | ({} if options.weights is None else {"weights": options.weights})
    found = PrepareOptions.for_run(**fields)
    choose_upscaler(found.upscaler, found.weights, device=found.device, precision=found.precision)
    return found


def prepare_again(raw: Path, options: WithdrawOptions, on_progress: OnProgress) -> bool:
    """Prepare the bank with the options that it records; returns whether it changed."""
    report = prepare(
        raw,
        options.bank,
        prepare_options(options),
        workers=options.workers,
        wait=options.wait,
        on_progress=on_progress,
    )
    return not report.unchanged


def plan_again(version: StoredVersion, bank: Bank, options: WithdrawOptions) -> Plan:
    """The plan of a version's recipe over a bank; nothing is written.

    Raises RecipeError for what a build would raise it for, ValueError for a dataset under another name.
    """
    with _recorded(version, options) as job:
        recipe = load_recipe(job.recipe, **job.overrides)
        return make_plan(recipe, bank, dict(version.dataset.overrides), job.limit, job.machine)


def check_buildable(version: StoredVersion, bank: Bank, options: WithdrawOptions) -> None:
    """Raise RecipeError if a version's recipe could not be built over a bank, with what to do about it."""
    try:
        plan_again(version, bank, options)
    except RecipeError as error:
        split = str(version.dataset.overrides.get("split") or version.dataset.recipe.get("split") or "all")
        advice = ""
        if split not in ("train", "test", "all"):
            advice = f"; take what is withdrawn out of the list {split}, and run the same command again"
        where = f"{version.dataset_url}, whose recipe {version.dataset.name} is built again without the input"
        raise RecipeError([f"{where}: {line}{advice}" for line in str(error).splitlines()]) from error


def build_again(version: StoredVersion, options: WithdrawOptions, on_progress: OnProgress) -> BuildReport:
    """Build a version's recipe with its options over the bank as it now is."""
    with _recorded(version, options) as job:
        return build(job, on_progress=on_progress)


@contextmanager
def _recorded(version: StoredVersion, options: WithdrawOptions) -> Iterator[BuildOptions]:
    """The options of the build that made a version, with its recipe in a file."""
    dataset = version.dataset
    out, slash, folder = version.dataset_url.rpartition("/")
    if folder != dataset.name:
        raise ValueError(
            f"{version.dataset_url}: expected the folder of dataset {dataset.name} under its name, got "
            f"{folder}; rename it"
        )
    with tempfile.TemporaryDirectory() as temporary:
        recipe = Path(temporary) / f"{dataset.name}.yaml"
        recipe.write_text(yaml.safe_dump(dataset.recipe, allow_unicode=True), encoding="utf-8")
        yield BuildOptions(
            recipe=str(recipe),
            bank=options.bank,
            out=out or slash or ".",
            workers=options.workers,
            wait=options.wait,
            weights=options.weights,
            **_given(dataset),
        )


def _given(dataset: Dataset) -> dict[str, Any]:
    """The options that were given, and where the network ran."""
    network = dataset.networks.get("harmoniser", {})
    machine: dict[str, Any] = {name: network[name] for name in ("device", "precision") if name in network}
    return machine | _texts(dataset.overrides)


def _texts(overrides: dict[str, Any]) -> dict[str, Any]:
    """Several upscalers are given with commas between them."""
    return {
        name: ",".join(value) if isinstance(value, list | tuple) else value
        for name, value in overrides.items()
    }
