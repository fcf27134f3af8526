"""Publish a finished version: write manifest, card and index, rename the folder, move the pointer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from manifests.card import write_card
from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, OUTCOMES, Dataset, ShardRecord, point_latest
from manifests.lineage import library_versions
from manifests.rows import decode_rows, encode_rows
from natocc.kinds import KINDS
from shards import storage
from tasks.build.expand import optional_libraries
from tasks.build.left_out import describe_left_out
from tasks.build.plan import Plan
from tasks.render.shard import rows_url


def publish_version(
    plan: Plan, records: Sequence[ShardRecord], staging_url: str, version_url: str, dataset_url: str
) -> Dataset:
    """Write the version's tables, rename its folder, move the ``latest`` pointer."""
    rows = [
        row
        for record in records
        for row in decode_rows(storage.read_bytes(rows_url(staging_url, record.file)))
    ]
    manifest = encode_rows(rows)
    by_set: dict[str, Counter[str]] = {}
    for row in rows:
        by_set.setdefault(row.set, Counter())[row.verdict] += 1
    reasons = Counter(f"{row.verdict}: {row.reason}" for row in rows if row.verdict == "rejected")
    dataset = Dataset(
        name=plan.recipe.name,
        version=plan.version,
        recipe=plan.recipe.model_dump(mode="json"),
        overrides=plan.overrides,
        bank=plan.bank,
        code_version=plan.code,
        libraries=library_versions(*optional_libraries(plan.recipe, plan.network)),
        backends=_backends(plan),
        counts=_counts(Counter(row.verdict for row in rows)),
        counts_by_set={name: _counts(counter) for name, counter in by_set.items()},
        left_out=plan.left_out | {"rejected": dict(sorted(reasons.items()))},
        shards=tuple(records),
        files={MANIFEST: storage.sha256_bytes(manifest)},
        licences=plan.licences,
        networks=_networks(plan),
    )
    card = write_card(dataset, describe_left_out(dataset.left_out)).encode()
    dataset.files[CARD] = storage.sha256_bytes(card)
    storage.write_bytes(storage.join(staging_url, MANIFEST), manifest)
    storage.write_bytes(storage.join(staging_url, CARD), card)
    # The manifest now holds the rows of the shards. Killed workers leave temporary files.
    for name in set(storage.list_names(staging_url)) - {record.file for record in records} - {MANIFEST, CARD}:
        storage.remove(storage.join(staging_url, name))
    storage.write_bytes(storage.join(staging_url, DATASET_INDEX), dataset.encode())
    storage.move_folder(staging_url, version_url, last=DATASET_INDEX)
    point_latest(dataset_url, plan.version)
    return dataset


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {verdict: counter[verdict] for verdict in OUTCOMES}


def _backends(plan: Plan) -> dict[str, str | None]:
    kinds = [KINDS[shard.kind] for shard in plan.shards]
    transferred = any(shard.colour_transfer for shard in plan.shards)
    upscaler = plan.bank.get("upscaler")
    return {
        "upscaler": str(upscaler) if upscaler and _upscaled(plan) else None,
        "colour_transfer": plan.recipe.transfer_method if transferred else None,
        "harmoniser": plan.recipe.harmoniser if any(kind.harmonised for kind in kinds) else None,
    }


def _upscaled(plan: Plan) -> bool:
    """Return whether occluders of the version may have been enlarged."""
    pools = [KINDS[shard.kind].pool for shard in plan.shards]
    return any(pool is not None and pool.upscaled for pool in pools)


def _networks(plan: Plan) -> dict[str, dict[str, object]]:
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
