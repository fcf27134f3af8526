"""Render a sample again from its json and the bank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from assets.bank.reader import Bank, Entry
from manifests.dataset import read_dataset, read_manifest
from manifests.sample import read_fields, read_metadata
from manifests.shard_plan import NetworkUse, device_of_transfer
from natocc.kinds import kind_named
from natocc.render.params import Params, params_adapter
from natocc.render.relabel import relabel
from natocc.transfer.transport import move_by_batches
from shards import storage
from shards.reader import read_sample
from tasks.history.gone import resolve_readable
from tasks.render.harmonise import open_harmoniser, render_harmonised
from tasks.render.inputs import load_face, load_occluder, load_policy_labels
from tasks.render.sample import encode
from tasks.render.transport import open_transport


def parse_params(data: Mapping[str, Any]) -> Params:
    """The frozen record from its JSON; raises pydantic's ValidationError (a ValueError) naming the field."""
    return params_adapter().validate_python(data)


def replay(members: Mapping[str, bytes], bank: Bank, weights: str | None = None) -> dict[str, bytes]:
    """Make the sample's members again, with equal bytes on the same kind of machine and library versions.

    ``weights`` is the folder of weights. A network runs on the device and in the precision of the record, and
    colours are moved where the record says. Raises ValueError if the bank's entries differ from the sample's,
    BuildStopped if the weights differ or the device is missing.
    """
    stored = members["json"]
    metadata = read_metadata(stored, "json")
    face = _same_entry(bank.entries("face"), metadata["face"], "face")
    occluder = None
    if metadata["occluder"] is not None:
        pool = kind_named(metadata["kind"]).pool
        entries = () if pool is None else bank.entries(pool.name)
        occluder = load_occluder(bank, _same_entry(entries, metadata["occluder"], "occluder"))
    decoded = load_face(bank, face, max(metadata["size"]), parsing="parsing.png" in members)
    use = metadata.get("network")
    network = None if use is None else TypeAdapter(NetworkUse).validate_python(use)
    backends = metadata["backends"]
    harmonise = open_harmoniser(backends["harmoniser"], network, weights)
    transport = open_transport(device_of_transfer(backends.get("colour_transfer")))
    move = move_by_batches if transport is None else transport.move
    params = parse_params(metadata["params"])
    composite = render_harmonised(decoded, occluder, params, harmonise, move)
    if params.labels == "policy":
        labels = load_policy_labels(bank, face, decoded.size, parsing="parsing.png" in members)
        composite = relabel(composite, labels, params)
    # The json of an earlier schema stays as it was written.
    return encode(composite, read_fields(stored, "json"), clean="clean.jpg" in members)


def _same_entry(entries: tuple[Entry, ...], recorded: Mapping[str, Any], what: str) -> Entry:
    found = next((entry for entry in entries if entry.id == recorded["id"]), None)
    if found is None or found.sha256 != recorded["sha256"]:
        got = "none" if found is None else f"sha256 {found.sha256}"
        raise ValueError(
            f"{what} {recorded['id']}: expected sha256 {recorded['sha256']} in the bank, got {got}; "
            "replay with the bank that dataset.json names"
        )
    return found


def find_sample(url: str, key: str) -> dict[str, bytes]:
    """The stored members of a kept sample of a version. Raises ValueError for an unknown key."""
    version = resolve_readable(url)
    dataset = read_dataset(version)
    rows = read_manifest(version, dataset)
    row = next((row for row in rows if row.key == key), None)
    if row is None or row.verdict != "kept":
        got = "no such key" if row is None else f"verdict {row.verdict} ({row.reason})"
        raise ValueError(f"{version}: expected a kept sample {key!r}, got {got}")
    hashes = {record.file: record.sha256 for record in dataset.shards}
    return read_sample(storage.join(version, row.shard), key, hashes.get(row.shard))
