"""The samples that a segmenter learns and those that it is validated on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from manifests.dataset import Dataset
from tasks.training.segmenter.feed.divide import divide_samples
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.order import EpochOrder
from tasks.training.segmenter.feed.reading.decode import LabelledPicture, decode_members
from tasks.training.segmenter.feed.reading.index import FeedSample, SourceIndex, index_source
from tasks.training.segmenter.feed.reading.shard_file import MemberReader
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.feed.reading.target import TARGET_MEMBERS, LearntTarget

_PICTURE = "jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedData:
    """A version, or a folder without a dataset, and its weight."""

    # As it was named.
    given: str
    url: str
    weight: float
    dataset: Dataset | None

    @property
    def name(self) -> str:
        return self.url if self.dataset is None else f"{self.dataset.name} {self.dataset.version}"

    @property
    def licences(self) -> tuple[str, ...]:
        return () if self.dataset is None else tuple(self.dataset.licences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """``weights``: how often each training sample comes in an epoch.

    ``validated_on``: where ``validation`` is from, "" if it is empty. ``notes`` count what is left out.
    """

    data: tuple[FeedData, ...]
    training: tuple[FeedSample, ...]
    validation: tuple[FeedSample, ...]
    # Of the split test.
    testing: tuple[FeedSample, ...]
    weights: tuple[float, ...]
    reader: MemberReader
    size: int
    target: LearntTarget
    validated_on: str
    notes: tuple[str, ...]

    def read(self, sample: FeedSample) -> LabelledPicture:
        """Read and decode a sample. Raises ValueError that names it for what can't be used."""
        names = (_PICTURE, TARGET_MEMBERS[self.target])
        members = self.reader.read(sample.file, sample.key, names)
        where = self.reader.where(sample.file, sample.key)
        return decode_members(members, names, self.size, self.target, where)

    def name_of(self, sample: FeedSample) -> str:
        """What tells a sample from all others: the same wherever the versions lie."""
        dataset = self.data[sample.source].dataset
        source = f"folder {sample.source}" if dataset is None else dataset.name
        return f"{source}\x1f{sample.set}\x1f{sample.key}"

    def order(self, seed: int) -> EpochOrder:
        """Which training samples come when. Raises ValueError for weights of which none comes."""
        return EpochOrder([one.file for one in self.training], self.weights, seed)

    @property
    def fingerprint(self) -> str:
        """A hash of versions, weights and samples; of a folder, of its names."""
        lines = [f"{one.name} {one.weight}" for one in self.data]
        lines += [f"{one.source} {one.key}" for one in self.training]
        # What is held out follows from what is not.
        lines += [f"validation {one.source} {one.key}" for one in self.validation if one.split != "train"]
        return f"{len(self.training)} sha256:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"


def open_feed(
    sources: Sequence[FeedSource],
    *,
    size: int,
    target: LearntTarget,
    held_out: float,
    filters: FeedFilters | None = None,
) -> Feed:
    """Index the sources and divide their samples; about ``held_out`` of the faces is for validation, none if
    there is only one. A split ``val`` of a source is that source's validation instead.

    Raises FileNotFoundError for what is no version and no folder, ValueError for sources without a sample to
    train on, for one that is given twice, and for versions with labels of different sources
    or policies.
    """
    indices = list(_indexed(sources))
    _check_labels(sources, indices)
    divided = divide_samples(
        [one for index in indices for one in index.samples],
        [source.url for source in sources],
        held_out=held_out,
        filters=filters or FeedFilters(),
    )
    return Feed(
        data=tuple(
            FeedData(given=source.url, url=index.url, weight=source.weight, dataset=index.dataset)
            for source, index in zip(sources, indices, strict=True)
        ),
        training=divided.training,
        validation=divided.validation,
        testing=divided.testing,
        weights=tuple(sources[one.source].weight for one in divided.training),
        reader=MemberReader(tuple(file for index in indices for file in index.files)),
        size=size,
        target=target,
        validated_on=divided.validated_on,
        notes=(*(note for index in indices for note in index.notes), *divided.notes),
    )


def _indexed(sources: Sequence[FeedSource]) -> Iterable[SourceIndex]:
    files = 0
    seen: set[str] = set()
    for number, source in enumerate(sources):
        index = index_source(source.url, number, files)
        place = index.url.rstrip("/")
        if place in seen:
            raise ValueError(
                f"{source.url}: expected each version once, got {index.url} twice; give it one weight"
            )
        seen.add(place)
        files += len(index.files)
        yield index


def _check_labels(sources: Sequence[FeedSource], indices: Sequence[SourceIndex]) -> None:
    """Raise ValueError for versions whose labels differ, unless a mixture says that it mixes them.

    Versions of earlier releases, and folders, name no policy.
    """
    if any(source.mixed_labels for source in sources):
        return
    datasets = [(index.url, index.dataset) for index in indices if index.dataset is not None]
    labels = {str(dataset.recipe.get("labels", "corrected")): url for url, dataset in datasets}
    policies = {str(policy): url for url, dataset in datasets if (policy := dataset.bank.get("policy"))}
    for what, kinds in (("source", labels), ("policy", policies)):
        if len(kinds) > 1:
            found = ", ".join(f"{url} ({name})" for name, url in kinds.items())
            raise ValueError(
                f"--data: expected versions with labels of one {what}, got {found}; train on one of them, or "
                "write a mixture that says it mixes labels"
            )
