"""What a version differs in from another, sample by sample, from their manifests alone.

Only kept samples count: a rejected or failed one is not in a shard.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from manifests.dataset import MANIFEST, Dataset, read_manifest_bytes
from manifests.history import Change
from manifests.lineage import digest
from manifests.rows import ROW_SCHEMA, damaged_rows
from manifests.shard_plan import named_split
from shards import storage
from shards.table import with_schema

# What makes a sample the same in two versions.
_IDENTITY = ("set", "face_id", "repeat")
# What a sample's bytes depend on beside what holds for its whole set, in schemas without cache_key.
_INPUTS = (
    *("face_photo", "face_sha256", "occluder_photo", "occluder_sha256", "seed", "stream", "profile"),
    *("opacity", "hidden_ratio", "reach_px", "params", "backends"),
)
_KEY = "cache_key"
# Fields of a recipe that change no sample: how many there are, how they are packaged and described.
_NO_CONTENT = frozenset(
    {"name", "description", "repeats", "samples_per_shard", "max_failed", "max_rejected", "sets", "split"}
    | {"subset", "upscaler"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChanges:
    """Numbers of samples. An edited sample has other content; a moved one is in another split."""

    added: int = 0
    edited: int = 0
    removed: int = 0
    moved: int = 0

    @property
    def change(self) -> Change:
        """The kind of the change, by Croissant's rules for versions of data."""
        if self.edited or self.removed or self.moved:
            return "edits"
        return "additions" if self.added else "repackaged"


def compare_versions(old: Dataset, old_url: str, new: Dataset, new_url: str) -> SampleChanges:
    """What the new version differs in. Raises BadRows for a missing or damaged manifest of either."""
    versions = [(dataset, _open_manifest(url, dataset)) for dataset, url in ((old, old_url), (new, new_url))]
    keyed = all(_KEY in file.schema_arrow.names for _, file in versions)
    confirmed = frozenset(change.set for change in new.confirmed if change not in old.confirmed)
    before, after = (_kept_samples(dataset, file, confirmed, keyed=keyed) for dataset, file in versions)
    joined = before.join(
        after,
        list(_IDENTITY),
        join_type="full outer",
        left_suffix=" before",
        right_suffix=" after",
        use_threads=False,
    )
    old_content, new_content = joined["content before"], joined["content after"]
    return SampleChanges(
        added=_count(pc.is_null(old_content)),
        edited=_count(pc.not_equal(old_content, new_content)),
        removed=_count(pc.is_null(new_content)),
        moved=_count(pc.not_equal(joined["split before"], joined["split after"])),
    )


def count_kept(dataset: Dataset) -> int:
    """The number of a version's samples."""
    return dataset.counts.get("kept", 0)


def _open_manifest(version_url: str, dataset: Dataset) -> pq.ParquetFile:
    data = read_manifest_bytes(version_url, dataset)
    try:
        return pq.ParquetFile(pa.BufferReader(pa.py_buffer(data)), pre_buffer=False)
    except Exception as error:
        # Arrow raises errors of any kind for damaged bytes.
        raise damaged_rows(storage.join(version_url, MANIFEST), error) from error


def _kept_samples(
    dataset: Dataset, file: pq.ParquetFile, confirmed: frozenset[str], *, keyed: bool
) -> pa.Table:
    """Identity, split, and what decides a sample's bytes as one text.

    In ``confirmed`` sets the code counts for nothing, since samples that it renders were compared.
    """
    by_inputs = bool(confirmed) or not keyed
    names = (*_IDENTITY, "split", "verdict", *((_KEY,) if keyed else ()), *(_INPUTS if by_inputs else ()))
    table = file.read([name for name in names if name in file.schema_arrow.names], use_threads=False)
    table = with_schema(table, pa.schema([ROW_SCHEMA.field(name) for name in names]))
    table = table.filter(pc.equal(table["verdict"], "kept"))
    splits = pc.if_else(pc.equal(table["split"], "test"), named_split("test"), named_split("train"))
    content = table[_KEY] if keyed else _content_without_key(dataset, table, dataset.code_version)
    if confirmed:
        of_confirmed = pc.is_in(table["set"], pa.array(sorted(confirmed), pa.string()))
        content = pc.if_else(of_confirmed, _content_without_key(dataset, table, "confirmed"), content)
    return pa.table({name: table[name] for name in _IDENTITY} | {"split": splits, "content": content})


def _content_without_key(dataset: Dataset, table: pa.Table, code: str) -> pa.ChunkedArray:
    common = [
        code,
        dataset.libraries,
        dataset.networks,
        {name: value for name, value in dataset.recipe.items() if name not in _NO_CONTENT},
    ]
    of_sets = {row["name"]: digest([*common, row]) for row in dataset.recipe.get("sets", ())}
    places = pc.fill_null(pc.index_in(table["set"], pa.array(list(of_sets), pa.string())), len(of_sets))
    of_rows = pc.take(pa.array([*of_sets.values(), digest(common)], pa.string()), places)
    texts = [table[name].cast(pa.string()) for name in _INPUTS]
    return pc.binary_join_element_wise(
        of_rows, *texts, "\x1f", null_handling="replace", null_replacement="\x1e"
    )


def _count(flags: pa.ChunkedArray) -> int:
    """The number of true values; those where a sample is in one version alone are null."""
    return int(pc.sum(flags).as_py() or 0)
