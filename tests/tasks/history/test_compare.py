from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.dataset import MANIFEST, Dataset
from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.rows import BadRows, Row, encode_rows
from shards.storage import sha256_bytes, write_bytes
from tasks.history.compare import SampleChanges, compare_versions
from tests.manifests.inputs import dataset, row

SAMPLES = st.dictionaries(
    st.tuples(st.sampled_from(["hand", "held"]), st.sampled_from("abc"), st.integers(0, 2)),
    st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(["train", "test", "list.txt"])),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("versions")


def differ(
    folder: Path, old: Sequence[Row], new: Sequence[Row], *, keyed: bool = True, **fields: object
) -> SampleChanges:
    versions: list[tuple[Dataset, str]] = []
    for name, rows in (("old", old), ("new", new)):
        data = encode_rows(rows) if keyed or name == "new" else without_keys(rows)
        write_bytes(f"{folder}/{name}/{MANIFEST}", data)
        described = replace(dataset(), files={MANIFEST: sha256_bytes(data)})
        versions.append((described, f"{folder}/{name}"))
    (before, before_url), (after, after_url) = versions
    return compare_versions(before, before_url, replace(after, **fields), after_url)  # type: ignore[arg-type]


def without_keys(rows: Sequence[Row]) -> bytes:
    import io

    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(encode_rows(rows)))
    stream = io.BytesIO()
    pq.write_table(table.drop_columns(["cache_key"]), stream)
    return stream.getvalue()


def rows_of(samples: dict[tuple[str, str, int], tuple[str, str]]) -> list[Row]:
    return [
        row(repeat, set=name, face_id=face, repeat=repeat, cache_key=key, split=split)
        for (name, face, repeat), (key, split) in samples.items()
    ]


@given(old=SAMPLES, new=SAMPLES)
def test_the_change_is_that_of_the_samples(
    folder: Path,
    old: dict[tuple[str, str, int], tuple[str, str]],
    new: dict[tuple[str, str, int], tuple[str, str]],
) -> None:
    found = differ(folder, rows_of(old), rows_of(new))
    both = old.keys() & new.keys()
    assert found == SampleChanges(
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        edited=sum(old[name][0] != new[name][0] for name in both),
        moved=sum((old[name][1] == "test") != (new[name][1] == "test") for name in both),
    )
    if found.removed or found.edited or found.moved:
        assert found.change == "edits"
    else:
        assert found.change == ("additions" if found.added else "repackaged")


@given(samples=SAMPLES, data=st.data())
def test_other_shards_names_and_order_are_the_same_samples(
    folder: Path, samples: dict[tuple[str, str, int], tuple[str, str]], data: st.DataObject
) -> None:
    old = rows_of(samples)
    new = [replace(one, shard=f"train-{n}.tar") for n, one in enumerate(data.draw(st.permutations(old)))]
    assert differ(folder, old, new) == SampleChanges()


def test_samples_that_are_not_kept_do_not_count(folder: Path) -> None:
    failed = row(1, verdict="failed", reason="disk")
    assert differ(folder, [row(0), failed], [row(0)]) == SampleChanges()
    assert differ(folder, [row(0), failed], [row(0), row(1)]) == SampleChanges(added=1)
    assert differ(folder, [row(0), row(1)], [row(0), failed]) == SampleChanges(removed=1)


def test_without_keys_inputs_parameters_and_what_made_them_are_compared(folder: Path) -> None:
    old = [row(0), row(1, opacity=None, occluder_sha256=None)]
    assert differ(folder, old, old, keyed=False) == SampleChanges()
    assert differ(folder, old, [replace(old[0], face_sha256="ee"), old[1]], keyed=False).edited == 1
    assert differ(folder, old, [old[0], replace(old[1], params="{}")], keyed=False).edited == 1
    assert differ(folder, old, old, keyed=False, code_version="34" * 32).edited == 2
    recipe = dataset().recipe
    assert differ(folder, old, old, keyed=False, recipe=recipe | {"samples_per_shard": 9}).edited == 0
    assert differ(folder, old, old, keyed=False, recipe=recipe | {"size": 512}).edited == 2


def test_a_damaged_manifest_is_named(folder: Path) -> None:
    write_bytes(f"{folder}/bad/{MANIFEST}", b"PAR1")
    damaged = replace(dataset(), files={MANIFEST: sha256_bytes(b"PAR1")})
    with pytest.raises(BadRows, match=r"bad/manifest\.parquet: expected a readable table"):
        compare_versions(damaged, f"{folder}/bad", damaged, f"{folder}/bad")


def test_a_confirmed_change_of_code_edits_nothing_but_what_else_changed(folder: Path) -> None:
    before = [row(0, repeat=0, cache_key="a"), row(1, repeat=1, cache_key="b")]
    after = [replace(before[0], cache_key="c"), replace(before[1], cache_key="d", face_sha256="another")]
    confirmed = (ConfirmedCode(set=before[0].set, code="old", samples=3),)
    assert differ(folder, before, after).edited == 2
    assert differ(folder, before, after, confirmed=confirmed, code_version="new").edited == 1
    other = (ConfirmedCode(set="another", code="old", samples=3),)
    assert differ(folder, before, after, confirmed=other).edited == 2
