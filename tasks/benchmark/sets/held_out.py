"""Held-out samples of versions: a test set for each set of a recipe that has test samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from manifests.sample import read_metadata
from tasks.benchmark.sets.labels import decode_picture
from tasks.benchmark.sets.picture import PictureFacts, TestPicture, TestSet, fingerprint_of, missing_set
from tasks.training.segmenter.feed.reading.index import FeedSample, SourceIndex, index_source
from tasks.training.segmenter.feed.reading.shard_file import MemberReader

_METADATA = "json"
_MEMBERS = ("jpg", "mask.png", "alpha.png", "clean_mask.png", "parsing.png")


def open_held_out(url: str) -> tuple[TestSet, ...]:
    """Open the test samples of a version, or of a dataset's latest one, as sets ``<dataset>/<set>``.

    Without test samples there is one missing set with the dataset's name. Shards are compared with their
    hashes. Raises FileNotFoundError for what is no version, BadShard for a damaged shard, ValueError for a
    folder without an index.
    """
    index = index_source(url, 0, 0)
    dataset = index.dataset
    if dataset is None:
        raise ValueError(
            f"{url}: expected a version, got a folder of img and mask; give it as a folder of your own"
        )
    policy = str(dataset.bank.get("policy") or "")
    by_set: dict[str, list[FeedSample]] = defaultdict(list)
    for sample in index.samples:
        if sample.split == "test":
            by_set[sample.set].append(sample)
    if not by_set:
        why = (
            f"{index.url}: expected samples of the split test, got none; build a recipe with a set of split "
            "test (docs/recipes.md)"
        )
        return (missing_set(dataset.name, policy, why),)
    reader = MemberReader(index.files)
    return tuple(
        _open_set(f"{dataset.name}/{name}", policy, index, by_set[name], reader) for name in sorted(by_set)
    )


def _open_set(
    name: str, policy: str, index: SourceIndex, samples: Sequence[FeedSample], reader: MemberReader
) -> TestSet:
    metadata = [_metadata(reader, sample) for sample in samples]
    facts = tuple(_facts(sample, said) for sample, said in zip(samples, metadata, strict=True))
    files = {sample.file: index.files[sample.file].sha256 for sample in samples}
    return TestSet(
        name=name,
        policy=policy,
        facts=facts,
        read=partial(_read, reader, tuple(samples), facts),
        licences=tuple(
            sorted({str(text) for said in metadata for text in said.get("licences") or ()} - {""})
        ),
        fingerprint=fingerprint_of(name, (*files.values(), *(sample.key for sample in samples))),
    )


def _metadata(reader: MemberReader, sample: FeedSample) -> dict[str, Any]:
    where = f"{reader.where(sample.file, sample.key)}.{_METADATA}"
    members = reader.read(sample.file, sample.key, (_METADATA,))
    return read_metadata(members.get(_METADATA, b"{}"), where)


def _facts(sample: FeedSample, said: dict[str, Any]) -> PictureFacts:
    face, occluder = (said.get(part) or {} for part in ("face", "occluder"))
    hidden = said.get("hidden_ratio")
    return PictureFacts(
        key=sample.key,
        occluder=str(said.get("kind") or ""),
        category=str(occluder.get("category") or ""),
        hidden=float("nan") if hidden is None else float(hidden),
        source=str(face.get("source") or ""),
        person=sample.person,
        photo=sample.photo,
        occluder_photo=sample.occluder_photo,
    )


def _read(
    reader: MemberReader, samples: Sequence[FeedSample], facts: Sequence[PictureFacts]
) -> Iterator[TestPicture]:
    for sample, known in zip(samples, facts, strict=True):
        members = reader.read(sample.file, sample.key, _MEMBERS)
        yield decode_picture(known, members, reader.where(sample.file, sample.key))
