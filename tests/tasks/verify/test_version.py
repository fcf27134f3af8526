from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from manifests.dataset import DATASET_INDEX, MANIFEST, read_dataset
from natocc.codecs import decode_plane, encode_png
from shards.reader import read_shard
from shards.storage import sha256_bytes
from shards.tar import pack
from tasks.build.version import BuildReport
from tasks.verify.sample import check_sample
from tasks.verify.version import verify
from tests.earlier_version import rewrite, schema_1


@pytest.fixture()
def copy(built: BuildReport, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.url, tmp_path / "version"))


def test_a_fresh_version_has_no_findings(built: BuildReport) -> None:
    calls: list[tuple[int, int | None]] = []
    report = verify(built.url, on_progress=lambda *call: calls.append(call))
    assert report.findings == ()
    assert calls == [(done, report.shards) for done in range(report.shards + 1)]
    assert report.samples == built.dataset.counts["kept"]


def test_a_dataset_folder_means_its_latest_version(built: BuildReport) -> None:
    assert verify(str(Path(built.url).parent)).url == built.url


def test_every_damage_is_listed(copy: Path) -> None:
    shards = sorted(copy.glob("*.tar"))
    shards[0].unlink()
    shards[1].write_bytes(shards[1].read_bytes()[:5000])
    (copy / "stray.tar").write_bytes(b"")
    (copy / "README.md").write_text("other")
    findings = verify(str(copy)).findings
    assert f"{shards[0].name}: expected by {DATASET_INDEX}, missing" in findings
    assert f"stray.tar: not listed in {DATASET_INDEX}" in findings
    assert any(finding.startswith("README.md: expected sha256") for finding in findings)
    assert any(finding.startswith(f"{shards[1].name}: expected sha256") for finding in findings)
    assert any(finding.startswith(f"{shards[1]}: expected a whole tar") for finding in findings)


def test_a_wrong_label_is_found_though_hashes_agree(copy: Path) -> None:
    shard = next(iter(sorted(copy.glob("train-randocc-*.tar"))))
    samples = [(key, dict(members)) for key, members in read_shard(str(shard))]
    key, members = samples[0]
    mask = decode_plane(members["mask.png"])
    mask[:2, :3] ^= 1
    members["mask.png"] = encode_png(mask)
    data = pack(samples)
    shard.write_bytes(data)
    dataset = read_dataset(str(copy))
    records = tuple(
        replace(record, sha256=sha256_bytes(data)) if record.file == shard.name else record
        for record in dataset.shards
    )
    (copy / DATASET_INDEX).write_bytes(replace(dataset, shards=records).encode())
    findings = verify(str(copy)).findings
    rule = "mask.png: expected clean_mask AND alpha/(255·opacity) < 0.5, 6 pixels differ"
    assert findings[0] == f"{shard.name}: {key}: {rule}"


def sample_of(built: BuildReport) -> tuple[str, dict[str, bytes]]:
    return next(iter(read_shard(str(Path(built.url) / "train-object-000000.tar"))))


@pytest.mark.parametrize("member", ["jpg", "mask.png", "alpha.png", "json"])
def test_a_missing_member_is_named(built: BuildReport, member: str) -> None:
    key, members = sample_of(built)
    del members[member]
    (finding,) = check_sample(key, members)
    assert finding.endswith(f"{member} missing")


def test_a_difference_beyond_the_reach_is_found(built: BuildReport) -> None:
    key, members = sample_of(built)
    alpha = decode_plane(members["alpha.png"])
    facts = json.loads(members["json"])
    members["alpha.png"] = encode_png(np.zeros_like(alpha))
    members["mask.png"] = members["clean_mask.png"]
    members["json"] = json.dumps(facts | {"hidden_ratio": 0.0}).encode()
    (finding,) = check_sample(key, members)
    assert "expected jpg and clean.jpg equal to 1 level beyond reach_px" in finding


def test_no_version_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a bank \(bank.json\), a version"):
        verify(str(tmp_path))


def test_labels_are_judged_without_the_clean_members_too(built: BuildReport) -> None:
    key, members = sample_of(built)
    for name in ("clean.jpg", "clean_mask.png"):
        del members[name]
    assert check_sample(key, members) == []
    members["mask.png"] = encode_png(np.ones_like(decode_plane(members["mask.png"])))
    (finding,) = check_sample(key, members)
    assert "expected no visible face where alpha" in finding


@pytest.mark.parametrize("file", [MANIFEST, DATASET_INDEX])
@pytest.mark.parametrize("damage", ["cut", "flip", "folder"])
def test_a_damaged_table_is_a_finding_and_every_shard_is_still_checked(
    file: str, damage: str, copy: Path
) -> None:
    shard = copy / "train-object-000001.tar"
    data = bytearray(shard.read_bytes())
    data[2000] ^= 1
    shard.write_bytes(data)
    whole = (copy / file).read_bytes()
    if damage == "folder":
        (copy / file).unlink()
        (copy / file).mkdir()
    else:
        middle = len(whole) // 2
        (copy / file).write_bytes(
            whole[:middle] + (b"" if damage == "cut" else b"\x00" + whole[middle + 1 :])
        )
    findings = verify(str(copy)).findings
    assert any(file in finding for finding in findings)
    assert any(finding.startswith(f"{shard.name}: expected sha256") for finding in findings)


def test_without_index_and_manifest_the_samples_are_still_checked(copy: Path) -> None:
    samples = verify(str(copy)).samples
    for file in (MANIFEST, DATASET_INDEX):
        (copy / file).write_bytes(b"{")
    shutil.copy(copy / "train-object-000001.tar", copy / "train-object-000002.tar")
    report = verify(str(copy))
    assert report.samples == samples + 4
    assert sum("more than once" in finding for finding in report.findings) == 4


def test_samples_of_two_schemas_are_a_finding(copy: Path) -> None:
    rewrite(
        copy,
        lambda fields: schema_1(fields) if fields["set"] == "hand_sot" else fields,
        {"natocc.schema": "1"},
    )
    (finding,) = verify(str(copy)).findings
    assert finding.startswith(
        "expected samples of one schema and with the same members, got schema 3 with alpha.png, "
    )
    assert "(randocc-" in finding and " and schema 1 with " in finding and "(hand_sot-" in finding


def test_ten_flipped_bits_are_found(copy: Path) -> None:
    rng = random.Random(11)
    files = sorted(copy.iterdir())
    for _ in range(10):
        path = files[rng.randrange(len(files))]
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        assert any(path.name in finding for finding in verify(str(copy)).findings)
        path.write_bytes(whole)
