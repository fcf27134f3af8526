from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from manifests.dataset import DATASET_INDEX, read_dataset
from natocc.codecs import decode_plane, encode_png
from shards.reader import read_shard
from shards.storage import sha256_bytes
from shards.tar import pack
from tasks.build.version import BuildReport
from tasks.verify.sample import check_sample
from tasks.verify.version import verify


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
    assert any(finding.startswith(f"{shards[1].name}: expected a whole tar") for finding in findings)


def test_a_wrong_label_is_found_though_hashes_agree(copy: Path) -> None:
    shard = next(iter(sorted(copy.glob("randocc-*.tar"))))
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
    return next(iter(read_shard(str(Path(built.url) / "object-000000.tar"))))


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
