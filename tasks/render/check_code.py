"""Render stored samples again, to see whether a change of code changed their bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import cv2

from manifests.shard_plan import ShardPlan
from natocc.occluders.bank_files import BadBank
from tasks.errors import BuildStopped
from tasks.render.groups import attempt_all
from tasks.render.harmonise import open_harmoniser
from tasks.render.inputs import open_inputs
from tasks.render.sample import SampleResult
from tasks.render.shard import planned_bank
from tasks.render.stored import StoredShard, read_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCheck:
    """Samples of one set to render again, under their new keys, and the shards in which they are stored."""

    plan: ShardPlan
    stored: tuple[StoredShard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCode:
    """The number of equal samples, the first difference, and remarks on shards that could not be read."""

    equal: int
    # "" without any.
    difference: str = ""
    remarks: tuple[str, ...] = ()


def check_code(check: CodeCheck, bank_url: str, bank_sha256: str, weights: str | None = None) -> CheckedCode:
    """Render the samples and compare all members and rows, up to the first difference.

    Raises BuildStopped as ``render_shard`` does.
    """
    cv2.setNumThreads(1)
    plan = check.plan
    bank, cache = planned_bank(bank_url, bank_sha256)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    found = read_stored(check.stored)
    equal, difference = 0, ""
    try:
        for sample in attempt_all(open_inputs(plan, bank, cache), harmonise):
            stored = found.samples.get(sample.row.cache_key)
            if stored is None:
                continue
            difference = next(_differences(stored, sample), "")
            if difference:
                break
            equal += 1
    except BadBank as error:
        raise BuildStopped(str(error)) from error
    return CheckedCode(equal=equal, difference=difference, remarks=found.remarks)


def _differences(stored: SampleResult, rendered: SampleResult) -> Iterator[str]:
    """What differs, as text: the verdict, members in their order, then fields of the row."""
    old, new = stored.row, rendered.row
    if (old.verdict, old.reason) != (new.verdict, new.reason):
        words = [f"{row.verdict} {row.reason}".rstrip() for row in (old, new)]
        yield f"sample {new.key}: expected {words[0]} as stored, got {words[1]}"
    for name in dict.fromkeys((*stored.members, *rendered.members)):
        if stored.members.get(name) != rendered.members.get(name):
            yield f"sample {new.key}: expected its stored {name}, got another"
    for field in fields(new):
        if getattr(old, field.name) != getattr(new, field.name):
            yield f"sample {new.key}: expected its stored {field.name} in the manifest, got another"
