"""Sets of a bank."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from assets.bank.writer import BankWriter, close_bank
from natocc.codecs import encode_jpeg, encode_png
from natocc.occluders.bank_files import BadBank
from shards.storage import join, sha256_bytes, write_bytes
from shards.tar import pack
from tasks.benchmark.sets.banked import open_banked
from tests.bank_entries import flip_bit
from tests.entries import blank_entry
from tests.raw_trees import disc, portrait
from tests.small_version import small_bank


def bank_of_faces(folder: Path) -> str:
    """Five faces: of both splits, one of them occluded; two with a parsing map."""
    writer = BankWriter(str(folder))
    splits = {"0": ("train", None), "1": ("test", None), "2": ("test", "WO"), "3": ("test", "O")}
    for number, (name, (split, subset)) in enumerate(splits.items()):
        parsing = disc(20, 20, 0.1 * number) // 85
        members = {
            "jpg": encode_jpeg(portrait(40, 40)),
            "mask.png": encode_png(disc(20, 20)),
            "parsing.png": encode_png(parsing),
            "json": b"{}",
        }
        fields = {"split": split, "subset": subset, "person": "ada" if name == "1" else None}
        writer.add(blank_entry("face", name, licence=f"l{name}", **fields), members)
    writer.close(policy="faceocc")
    return str(folder)


def test_really_occluded_faces_come_with_what_the_bank_says(tmp_path: Path) -> None:
    said = {"source": "RealOcc/image/7.jpg", "photo": "ab" * 32, "person": "ada", "licence": "CC0"}
    members = {
        "jpg": encode_jpeg(portrait(40, 40)),
        "mask.png": encode_png(disc(40, 40) // 255),
        "json": json.dumps(said).encode(),
    }
    packed = pack([("7", members), ("8", members | {"json": b"{}"})])
    write_bytes(join(str(tmp_path), "realocc.tar"), packed)
    datasets = {"RealOcc": {"file": "realocc.tar", "faces": 2, "licence": "none stated"}}
    evaluation = {"evaluation": {"faces": 2, "datasets": datasets}}
    close_bank(str(tmp_path), [], {"realocc.tar": sha256_bytes(packed)}, {}, evaluation)
    found = open_banked("RealOcc", str(tmp_path))
    assert (found.name, found.policy, found.missing) == ("RealOcc", "voo", "")
    first, second = found.facts
    assert (first.key, first.source, first.person) == ("7", "RealOcc/image/7.jpg", "ada")
    assert (first.occluder, first.photo) == ("real", "ab" * 32) and second.person == ""
    assert found.licences == ("CC0", "none stated")
    for _ in range(2):
        pictures = list(found.read())
        assert [one.facts for one in pictures] == [first, second]
        assert pictures[0].mask.sum() == (disc(40, 40) > 0).sum()


def test_faceocc_s_faces_follow_their_own_policy(tmp_path: Path) -> None:
    found = open_banked("COFW-507", small_bank(str(tmp_path / "bank"), COFW=2))
    assert found.policy == "faceocc" and len(found.facts) == 2


def test_only_test_faces_without_occlusion_are_unoccluded_ones(tmp_path: Path) -> None:
    found = open_banked("WO-Test", bank_of_faces(tmp_path))
    assert [one.key for one in found.facts] == ["1", "2"] and found.policy == "faceocc"
    assert {(one.occluder, one.hidden) for one in found.facts} == {("none", 0.0)}
    assert found.facts[0].person == "ada" and found.licences == ("l1", "l2")
    first, second = found.read()
    assert first.parsing is not None and first.mask.shape == (20, 20) and first.image.shape == (40, 40, 3)
    assert first.disputed is not None and second.disputed is not None
    assert 0 < first.disputed.sum() < second.disputed.sum()


def test_a_set_goes_to_other_processes(tmp_path: Path) -> None:
    for found in (open_banked("WO-Test", bank_of_faces(tmp_path)), open_banked("RealOcc", None)):
        assert len(list(pickle.loads(pickle.dumps(found)).read())) == len(found.facts)


def test_the_fingerprint_is_of_the_pictures(tmp_path: Path) -> None:
    prints = [
        open_banked("RealOcc", small_bank(str(tmp_path / str(number)), real=count)).fingerprint
        for number, count in enumerate((2, 2, 3))
    ]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("name", ["RealOcc", "RealOcc-Wild", "COFW-507", "WO-Test"])
def test_what_is_not_there_is_missing_and_says_why(name: str, tmp_path: Path) -> None:
    without = open_banked(name, None)
    assert without.missing == "expected a bank with its faces, got none; give --bank"
    nowhere = open_banked(name, str(tmp_path / "nowhere"))
    assert "nowhere" in nowhere.missing and "natocc prepare" in nowhere.missing
    empty = open_banked(name, small_bank(str(tmp_path / "bank"), real=0))
    assert "expected faces of" in empty.missing and "docs/raw-data.md" in empty.missing
    assert not any(one.facts for one in (without, nowhere, empty))


def test_a_damaged_shard_is_an_error_that_names_it(tmp_path: Path) -> None:
    url = small_bank(str(tmp_path / "bank"))
    found = open_banked("RealOcc", url)
    flip_bit(tmp_path / "bank/realocc-000000.tar", 700)
    with pytest.raises(BadBank, match=r"realocc-000000\.tar"):
        open_banked("RealOcc", url)
    with pytest.raises(BadBank, match=r"realocc-000000\.tar"):
        list(found.read())
