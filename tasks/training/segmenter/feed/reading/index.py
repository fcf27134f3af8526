"""The samples of a source: from a version's manifest, or from the names in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from assets.wording import count_of
from manifests.dataset import MANIFEST, Dataset, ShardRecord, open_rows, read_dataset
from manifests.sample import read_metadata
from natocc.kinds import NONE
from shards import storage
from shards.reader import read_shard
from tasks.history.gone import resolve_readable
from tasks.training.segmenter.feed.reading.shard_file import SampleFile

_COLUMNS = (
    *("key", "set", "split", "shard", "verdict", "kind"),
    *("face_photo", "face_id", "person", "occluder_category", "occluder_photo"),
)
# Shards of these splits hold samples of several; each sample's json tells.
_MIXED = ("all", "list")
# What stands in place of a split that a mixed shard's json does not tell.
UNKNOWN_SPLIT, SEVERAL_SPLITS = "unknown", "several"
_PICTURES = (".jpg", ".jpeg", ".png")
NO_OCCLUDER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSample:
    """One sample: its source and file by number, its key, and what it is chosen by.

    ``kind``: of natocc/kinds.py, ``none`` if nothing was laid on the face. ``photo``: hash of the face's
    photograph, or what else tells it from others; "" as person: nobody known. ``occluder_photo``: hash of the
    occluder's photograph, "" without one.
    """

    source: int
    file: int
    key: str
    split: str
    set: str
    kind: str
    category: str
    photo: str
    person: str
    occluder_photo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIndex:
    """A source's files and samples; ``dataset`` is None for a folder. ``notes`` count files not used."""

    url: str
    files: tuple[SampleFile, ...]
    samples: tuple[FeedSample, ...]
    dataset: Dataset | None
    notes: tuple[str, ...] = ()


def index_source(url: str, source: int, first_file: int) -> SourceIndex:
    """Index a version, a dataset or a folder. ``first_file``: number of its first file.

    Raises FileNotFoundError for what is none of them, ValueError for a folder whose names do not fit, and
    for a manifest that lists other samples than ``dataset.json``.
    """
    if storage.is_folder(storage.join(url, "img")):
        return _index_folder(url, source, first_file)
    found = resolve_readable(url, alternative="a folder of img and mask, ")
    dataset = read_dataset(found)
    records = sorted((one for one in dataset.shards if one.samples), key=lambda shard: shard.file)
    files = tuple(
        SampleFile(url=storage.join(found, one.file), sha256=one.sha256, samples=one.samples)
        for one in records
    )
    numbers = {record.file: first_file + place for place, record in enumerate(records)}
    known: dict[str, list[FeedSample]] = {}
    if MANIFEST in dataset.files:
        known = _manifest_samples(found, dataset, source, numbers)
        _check_counts(found, records, known)
    samples: list[FeedSample] = []
    for record, file in zip(records, files, strict=True):
        if record.file in known and record.split not in _MIXED:
            samples += known[record.file]
        else:
            samples += _shard_samples(file, record, source, numbers[record.file])
    return SourceIndex(url=found, files=files, samples=tuple(samples), dataset=dataset)


def _manifest_samples(
    url: str, dataset: Dataset, source: int, numbers: dict[str, int]
) -> dict[str, list[FeedSample]]:
    """Kept samples by shard, in the manifest's order. ``numbers``: of the shards that are known."""
    found: dict[str, list[FeedSample]] = {}
    for row in open_rows(url, dataset).columns(_COLUMNS).to_pylist():
        if row["verdict"] == "kept":
            sample = FeedSample(
                source=source,
                file=numbers.get(row["shard"], -1),
                key=row["key"],
                split=row["split"],
                set=row["set"],
                kind=row["kind"] or NONE,
                category=row["occluder_category"] or NO_OCCLUDER,
                photo=row["face_photo"] or row["face_id"],
                person=row["person"] or "",
                occluder_photo=row["occluder_photo"] or "",
            )
            found.setdefault(row["shard"], []).append(sample)
    return found


def _check_counts(url: str, records: Sequence[ShardRecord], listed: dict[str, list[FeedSample]]) -> None:
    """Raise ValueError for a shard of which manifest and ``dataset.json`` count other samples."""
    stated = {record.file: record.samples for record in records}
    for shard, samples in sorted(listed.items()):
        if len(samples) != stated.get(shard, 0):
            raise ValueError(
                f"{url}: expected {count_of(stated.get(shard, 0), 'samples')} of {shard} in {MANIFEST}, as "
                f"dataset.json counts them, got {len(samples)}; run the `natocc build` that made it again"
            )


def _shard_samples(file: SampleFile, record: ShardRecord, source: int, number: int) -> Iterator[FeedSample]:
    """The samples as their json tells."""
    for key, members in read_shard(file.url, file.sha256):
        fields = read_metadata(members.get("json", b"{}"), f"{file.url}: {key}.json")
        face, occluder = (_part(fields, name) for name in ("face", "occluder"))
        yield FeedSample(
            source=source,
            file=number,
            key=key,
            split=_split_of(face, occluder, record.split) if record.split in _MIXED else record.split,
            set=str(fields.get("set") or record.set),
            kind=str(fields.get("kind") or NONE),
            category=str(occluder.get("category") or NO_OCCLUDER),
            photo=str(face.get("photo") or face.get("id") or f"{file.url} {key}"),
            person=str(face.get("person") or ""),
            occluder_photo=str(occluder.get("photo") or ""),
        )


def _split_of(face: dict[str, Any], occluder: dict[str, Any], mixed: str) -> str:
    """The one split of face and occluder. A list of faces is of training, where its json says nothing."""
    splits = {str(part["split"]) for part in (face, occluder) if part.get("split")}
    if len(splits) > 1:
        return SEVERAL_SPLITS
    return splits.pop() if splits else "train" if mixed == "list" else UNKNOWN_SPLIT


def _part(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return fields.get(name) or {}


def _index_folder(url: str, source: int, number: int) -> SourceIndex:
    names = storage.list_names(storage.join(url, "img"), data_alone=True)
    pictures = [name for name in names if PurePosixPath(name).suffix.lower() in _PICTURES]
    stems = [PurePosixPath(name).stem for name in pictures]
    if len(set(stems)) < len(stems):
        double = next(stem for stem in stems if stems.count(stem) > 1)
        raise ValueError(
            f"{url}/img: expected one picture of each name, got several of {double!r}; rename all but one"
        )
    masks = set(storage.list_names(storage.join(url, "mask"), data_alone=True))
    if lacking := [stem for stem in stems if f"{stem}.png" not in masks]:
        raise ValueError(
            f"{url}/mask: expected a mask NAME.png for each of the {len(stems)} pictures in img, got none "
            f"for {len(lacking)}, {lacking[0]!r} first; add them, or remove the pictures"
        )
    samples = tuple(
        FeedSample(
            source=source,
            file=number,
            key=name,
            split="train",
            set="folder",
            kind=NONE,
            category=NO_OCCLUDER,
            photo=f"{url} {stem}",
            person="",
        )
        for name, stem in zip(pictures, stems, strict=True)
    )
    return SourceIndex(
        url=url,
        files=(SampleFile(url=url),),
        samples=samples,
        dataset=None,
        notes=(
            *_passed_over(f"{url}/img", "neither .jpg, .jpeg nor .png", {*names} - {*pictures}),
            *_passed_over(f"{url}/mask", "no picture in img", masks - {f"{stem}.png" for stem in stems}),
        ),
    )


def _passed_over(folder: str, why: str, names: set[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"{folder}: {count_of(len(names), 'files')} not used, {min(names)!r} first: {why}",)
