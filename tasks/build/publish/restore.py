"""``dataset.json`` and the card again, which follow from other files of the version."""

from __future__ import annotations

from dataclasses import replace

from manifests.card import write_card
from manifests.dataset import CARD, MANIFEST, Dataset
from manifests.restore import described_dataset
from shards import storage
from tasks.build.left_out import describe_left_out


def card_of(dataset: Dataset) -> bytes:
    """The card, which follows from the other fields of ``dataset.json``."""
    return write_card(dataset, describe_left_out(dataset.left_out)).encode()


def with_files(dataset: Dataset, manifest_sha256: str) -> Dataset:
    """The dataset with the hashes of its manifest and its card."""
    files = {MANIFEST: manifest_sha256, CARD: storage.sha256_bytes(card_of(dataset))}
    return replace(dataset, files=files)


def restore_dataset(version_url: str) -> Dataset | None:
    """The whole dataset as its manifest describes it; None if the manifest is missing or damaged."""
    described = described_dataset(version_url)
    return None if described is None else with_files(described, described.files[MANIFEST])
