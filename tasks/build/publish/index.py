"""The description of a version, from its plan, its shards and their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from manifests.dataset import Dataset, ShardRecord
from manifests.lineage import library_versions
from manifests.outcomes.confirmed_code import merge_confirmed
from manifests.outcomes.tally import OutcomeTally
from manifests.shard_plan import transfer_backend
from natocc.kinds import KINDS
from tasks.build.expand import optional_libraries
from tasks.build.plan import Plan


def describe_version(plan: Plan, records: Sequence[ShardRecord], tally: OutcomeTally) -> Dataset:
    """The fields of ``dataset.json``, without the hashes of manifest and card."""
    reasons: Counter[str] = Counter()
    for verdict, reason, count in tally.reasons("rejected"):
        reasons[f"{verdict}: {reason}"] += count
    return Dataset(
        name=plan.recipe.name,
        version=plan.version,
        recipe=plan.recipe.model_dump(mode="json"),
        overrides=plan.overrides,
        bank=plan.bank,
        code_version=plan.code,
        libraries=plan_libraries(plan),
        backends=_backends(plan),
        counts=tally.counts,
        counts_by_set=tally.counts_by_set,
        left_out=plan.left_out | {"rejected": dict(sorted(reasons.items()))},
        shards=tuple(records),
        files={},
        licences=plan.licences,
        networks=plan_networks(plan),
        instead_of=plan.instead_of,
        code_by_set={planned.name: planned.code for planned in plan.sets},
        confirmed=merge_confirmed(change for record in records for change in record.confirmed),
    )


def plan_libraries(plan: Plan) -> dict[str, str]:
    """Versions of the libraries that the plan's bytes depend on."""
    return library_versions(*optional_libraries(plan.recipe, plan.network, plan.transfer_device))


def _backends(plan: Plan) -> dict[str, str | None]:
    kinds = [KINDS[planned.kind] for planned in plan.sets]
    transferred = any(planned.colour_transfer for planned in plan.sets)
    upscaler = plan.bank.get("upscaler")
    return {
        "upscaler": str(upscaler) if upscaler and _upscaled(plan) else None,
        "colour_transfer": transfer_backend(plan.recipe.transfer_method, plan.transfer_device)
        if transferred
        else None,
        "harmoniser": plan.recipe.harmoniser if any(kind.harmonised for kind in kinds) else None,
    }


def _upscaled(plan: Plan) -> bool:
    """Return whether occluders of the version may have been enlarged."""
    pools = [KINDS[planned.kind].pool for planned in plan.sets]
    return any(pool is not None and pool.upscaled for pool in pools)


def plan_networks(plan: Plan) -> dict[str, dict[str, object]]:
    """The bank's upscaling network and the harmonising network as run, by stage."""
    found: dict[str, dict[str, object]] = {}
    upscaling = plan.bank.get("upscaling")
    if _upscaled(plan) and isinstance(upscaling, dict) and upscaling.get("network"):
        names = ("network", "weights_sha256", "device", "precision", "licence")
        described = {name: upscaling.get(name) for name in names}
        found["upscaler"] = {"name": plan.bank.get("upscaler"), **described}
    if plan.network:
        found["harmoniser"] = asdict(plan.network)
    return found
