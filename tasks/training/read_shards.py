"""Read a version's shards with webdataset into arrays of one size, as a training repository does."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from webdataset import tariterators

from assets.bank.reader import Bank
from assets.wording import count_of
from manifests.dataset import ShardRecord, read_dataset
from manifests.sample import read_metadata
from shards import storage
from shards.reader import read_whole
from tasks.history.gone import resolve_readable

# Shards of these splits hold training and test samples; each sample's json names its split.
_MIXED = ("all", "list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A picture and its label: RGB uint8 (size, size, 3); uint8 (size, size), 1 = visible face."""

    key: str
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]


def shard_urls(version_url: str, split: str) -> dict[str, ShardRecord]:
    """Return the URLs of the shards with samples of a split ("train" or "test"), in name order.

    Each URL maps to the shard's record, which counts the samples of both splits. ``version_url`` is the URL
    of a version, or of a dataset; for a dataset the ``latest`` pointer is followed.
    """
    url = resolve_readable(version_url)
    records = sorted(read_dataset(url).shards, key=lambda shard: shard.file)
    return {storage.join(url, shard.file): shard for shard in records if shard.split in (split, *_MIXED)}


def read_shards(
    version_url: str, split: str, *, size: int, per_shard: int | None = None
) -> Iterator[Example]:
    """Yield the samples of a split in file order, at most ``per_shard`` of each shard.

    In mixed shards, a sample belongs to a split if its face does and its occluder is not reserved for the
    other split. Pictures that are not square are stretched to ``size``.

    Each shard is compared with the hash that its version lists before its first sample is used. Raises
    BadShard, a ValueError, for one that is missing or differs, and ValueError with the name of a shard that
    has another number of samples, or of a sample with members that are missing or cannot be decoded.
    """
    for url, record in shard_urls(version_url, split).items():
        wanted = (sample for sample in _whole(url, record) if _split_of(sample) in (None, split))
        yield from (_decode(sample, size) for sample in islice(wanted, per_shard))


@dataclass(frozen=True, slots=True, kw_only=True)
class RealShard:
    """The shard of one dataset of really occluded faces in a bank, with its recorded number of faces.

    ``file`` is its name in the bank; "" if no face of the dataset could be used.
    """

    file: str
    faces: int


def real_shards(bank: Bank) -> dict[str, RealShard]:
    """Return a bank's shards of really occluded faces by dataset name, in name order."""
    datasets = bank.index.get("evaluation", {}).get("datasets", {})
    return {
        name: RealShard(file=one["file"] or "", faces=int(one["faces"]))
        for name, one in sorted(datasets.items())
    }


def read_real(bank: Bank, dataset: str = "RealOcc", *, size: int) -> Iterator[Example]:
    """Yield the faces of one dataset of ``real_shards`` in file order, like ``read_shards``.

    Yields nothing if the bank has no such dataset or no face of it. Raises BadBank for a damaged shard.
    """
    shard = real_shards(bank).get(dataset)
    if shard is not None and shard.faces:
        source = {"url": storage.join(bank.url, shard.file), "stream": io.BytesIO(bank.read_file(shard.file))}
        yield from (_decode(sample, size) for sample in _grouped([source]))


def _whole(url: str, record: ShardRecord) -> Iterator[dict[str, Any]]:
    """Yield a shard's samples and check their number: a tar truncated between members raises no error."""
    count, expected = 0, count_of(record.samples, "samples")
    try:
        for sample in _grouped([{"url": url, "stream": io.BytesIO(read_whole(url, record.sha256))}]):
            count += 1
            yield sample
    except tarfile.ReadError as error:
        raise ValueError(
            f"{url}: expected {expected}, got a truncated file; build the version again"
        ) from error
    if count != record.samples:
        raise ValueError(f"{url}: expected {expected}, got {count}; build the version again")


def _grouped(streams: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the samples of opened shards, with the members that are needed."""
    files = tariterators.tar_file_expander(streams, select_files=_is_wanted)
    yield from tariterators.group_by_keys(files)


def _is_wanted(name: str) -> bool:
    return name.partition(".")[2] in ("jpg", "mask.png", "json")


def _split_of(sample: dict[str, Any]) -> str | None:
    """Return "train" or "test"; "neither" if face and occluder disagree; None if both are missing."""
    metadata = read_metadata(sample.get("json", b"{}"), f"{sample['__url__']}: {sample['__key__']}.json")
    inputs = [metadata.get(name) or {} for name in ("face", "occluder")]
    splits = {entry["split"] for entry in inputs if "split" in entry}
    return splits.pop() if len(splits) == 1 else "neither" if splits else None


def _decode(sample: dict[str, Any], size: int) -> Example:
    key = sample["__key__"]
    mask = _decode_member(sample, "mask.png", cv2.IMREAD_GRAYSCALE)
    image = _decode_member(sample, "jpg", _reading(min(mask.shape), size))
    target = (size, size)
    resized = cv2.resize(image, target, interpolation=cv2.INTER_AREA)
    # Each output pixel gets the majority class of its input pixels.
    share = cv2.resize((mask == 1).astype(np.float32), target, interpolation=cv2.INTER_AREA)
    rgb = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    return Example(key=key, image=rgb, mask=(share > 0.5).astype(np.uint8))


def _decode_member(sample: dict[str, Any], member: str, flags: int) -> NDArray[np.uint8]:
    where = f"{sample['__url__']}: {sample['__key__']}.{member}"
    if member not in sample:
        raise ValueError(f"{where}: expected this member in the shard, found none")
    pixels = cv2.imdecode(np.frombuffer(sample[member], np.uint8), flags)
    if pixels is None:
        raise ValueError(f"{where}: expected a picture, got {len(sample[member])} bytes that are none")
    return pixels.astype(np.uint8, copy=False)


def _reading(short_side: int, size: int) -> int:
    """Choose the coarsest JPEG decoding with at least ``size`` pixels, which is faster than a full one."""
    for factor, flag in ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4)):
        if short_side // factor >= size:
            return int(flag)
    return int(cv2.IMREAD_COLOR)
