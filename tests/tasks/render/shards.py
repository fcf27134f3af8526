"""Plans and entries for tests of rendering."""

from __future__ import annotations

from pathlib import Path

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from manifests.recipe import load_recipe
from manifests.shard_plan import ShardPlan
from natocc.kinds import ENTRY_KINDS
from tasks.build.plan import make_plan


def plan_of(bank: Bank, kind: str, limit: int | None = None, **fields: object) -> ShardPlan:
    """The first shard of a recipe with one set, ``one``, of this kind, of 256 pixels."""
    chosen = {"size": 256, "sets": [{"name": "one", "kind": kind}]} | fields
    return make_plan(load_recipe("sample", **chosen), bank, {}, limit).shards[0]


def bank_with(source: Bank, folder: Path, members: dict[str, dict[str, bytes]]) -> Bank:
    """A copy of the bank with other members of its entries, by kind."""
    writer = BankWriter(str(folder))
    for kind in ENTRY_KINDS:
        for entry in source.entries(kind):
            writer.add(entry, source.read(entry) | members.get(kind, {}))
    writer.close(upscaler="lanczos")
    return Bank(str(folder))
