from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.rows import Row, encode_rows
from shards.storage import sha256_bytes
from shards.tar import pack
from tasks.render.stored import StoredShard, read_stored
from tests.manifests.inputs import row

MEMBERS = {"jpg": b"picture", "json": b"{}"}


def stored(folder: Path, *rows: Row, **members: bytes) -> StoredShard:
    """A shard whose kept samples are those of the rows."""
    data = pack((one.key, MEMBERS | members) for one in rows if one.verdict == "kept")
    (folder / "a.tar").write_bytes(data)
    return StoredShard(url=str(folder / "a.tar"), sha256=sha256_bytes(data), rows=encode_rows(rows))


def rows() -> tuple[Row, Row]:
    kept = replace(row(0), verdict="kept", cache_key="k0")
    return kept, replace(row(1), verdict="rejected", cache_key="k1")


def test_kept_samples_have_their_members_and_rejected_ones_a_row(tmp_path: Path) -> None:
    kept, rejected = rows()
    found = read_stored([stored(tmp_path, kept, rejected)])
    assert {key: (one.row, one.members) for key, one in found.samples.items()} == {
        "k0": (kept, MEMBERS),
        "k1": (rejected, {}),
    }
    assert found.remarks == ()


def test_a_shard_that_is_damaged_missing_or_lacks_a_sample_is_left_out(tmp_path: Path) -> None:
    shard = stored(tmp_path, *rows())
    for wrong in (
        replace(shard, sha256="0" * 64),
        replace(shard, url=str(tmp_path / "b.tar")),
        replace(shard, rows=encode_rows([replace(rows()[0], key="another-00000-000")])),
    ):
        found = read_stored([wrong])
        (remark,) = found.remarks
        assert found.samples == {} and remark.endswith("its samples are rendered again")
        assert wrong.url in remark


def test_a_shard_of_an_unpublished_build_that_has_gone_is_no_damage(tmp_path: Path) -> None:
    gone = replace(stored(tmp_path, *rows()), url=str(tmp_path / "gone.tar"))
    published, young = (read_stored([replace(gone, published=known)]) for known in (True, False))
    assert gone.url in published.remarks[0] and young.remarks == ()
    assert published.samples == young.samples == {}
    damaged = replace(stored(tmp_path, *rows()), sha256="0" * 64, published=False)
    assert len(read_stored([damaged]).remarks) == 1


def test_rejected_samples_need_no_tar(tmp_path: Path) -> None:
    shard = replace(stored(tmp_path), url=str(tmp_path / "gone.tar"), rows=encode_rows(rows()[1:]))
    assert read_stored([shard]).samples.keys() == {"k1"}


def test_a_sample_under_another_key_has_it_in_its_json(tmp_path: Path) -> None:
    (kept, _), old = rows(), "a" * 64
    other = stored(tmp_path, kept, json=b'{"cache_key": "%s", "size": [1]}' % old.encode())
    change = ConfirmedCode(set="hand", code="b", samples=1)
    renamed = replace(other, former_keys={kept.cache_key: old}, confirmed=(change,))
    found = read_stored([renamed])
    assert found.samples["k0"].members["json"] == b'{"cache_key": "k0", "size": [1]}'
    assert found.samples["k0"].members["jpg"] == MEMBERS["jpg"] and found.confirmed == (change,)
    unfit = read_stored([replace(renamed, former_keys={kept.cache_key: "c" * 64})])
    assert unfit.samples == {} and unfit.confirmed == ()
    assert "expected its cache_key once in the json, got it 0 times" in unfit.remarks[0]
