"""Both labels of one bank: versions of either differ in labels alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assets.bank.face_labels import POLICY_MASK, POLICY_PARSING
from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from manifests.dataset import read_dataset
from manifests.recipe import RecipeError, load_recipe
from natocc.codecs import decode_plane, encode_png
from shards.storage import join
from shards.tar import iterate
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.version import build
from tasks.prepare.bank import prepare
from tasks.render.inputs import open_inputs
from tasks.render.replay import replay
from tasks.render.sample import SampleResult, attempt
from tasks.verify.sample import check_sample
from tests.raw_trees import add_face, add_texture, disc, mask_bytes, portrait, write

pytestmark = pytest.mark.xdist_group("labels")

Members = dict[str, bytes]
# Shares of the face that may be hidden.
HIDDEN = (0.2, 0.4)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Face 0 without a correction; the correction of face 1 is the left half of its skin."""
    raw = tmp_path_factory.mktemp("raw")
    half = disc(80, 80)
    half[:, 40:] = 0
    parts = {"skin": disc(80, 80), "hair": disc(80, 80, 0.2)}
    add_face(raw, "0", parts=parts)
    add_face(raw, "1", portrait()[:, ::-1].copy(), parts)
    write(raw / CORRECTED_FOLDER / "1.png", mask_bytes(half))
    add_texture(raw, "pitted", "pitted_0001.jpg")
    folder = str(tmp_path_factory.mktemp("bank"))
    prepare(raw, folder, workers=1)
    return Bank(folder)


def samples_of(url: str) -> dict[str, Members]:
    """The members of a version's samples by face."""
    samples = {}
    for record in read_dataset(url).shards:
        with Path(join(url, record.file)).open("rb") as stream:
            for _, members in iterate(stream.read()):
                samples[json.loads(members["json"])["face"]["id"]] = members
    return samples


def test_c_original_and_c_cm_of_one_bank_differ_in_the_labels_of_corrected_faces(
    bank: Bank, tmp_path: Path
) -> None:
    assert bank.index["masks"] == {"corrected": 1, "policy": 1}
    versions = {}
    for recipe in ("c-original", "c-cm"):
        options = BuildOptions(recipe=recipe, bank=bank.url, out=str(tmp_path), split="all", workers=1)
        versions[recipe] = build(options).url
    datasets = {recipe: read_dataset(url) for recipe, url in versions.items()}
    assert [one.recipe["labels"] for one in datasets.values()] == ["policy", "corrected"]
    assert all(one.bank["masks"] == bank.index["masks"] for one in datasets.values())
    assert "| labels | policy |" in Path(versions["c-original"], "README.md").read_text()
    original, corrected = (samples_of(url) for url in versions.values())
    assert original.keys() == corrected.keys() == {"00000", "00001"}
    for name, members in original.items():
        same = {member for member in members if members[member] == corrected[name][member]}
        masks = {"mask.png"} if name == "00000" else set()
        assert same == {"jpg", "alpha.png"} | masks, name
        assert check_sample(json.loads(members["json"])["key"], members) == []
        assert replay(members, bank) == members
    own = bank.read(bank.entries("face")[1])
    for members, stored in ((original, POLICY_MASK), (corrected, "mask.png")):
        # Of half the size.
        shown = decode_plane(members["00001"]["mask.png"]).mean()
        assert shown == pytest.approx(decode_plane(own[stored]).mean() / 255, rel=0.02)


@pytest.mark.parametrize("profile", ["paper", "best"])
def test_what_lies_on_a_face_and_what_is_kept_do_not_follow_the_labels(bank: Bank, profile: str) -> None:
    by_labels = {labels: rendered(bank, labels, profile) for labels in ("corrected", "policy")}
    kept = []
    for corrected, policy in zip(*by_labels.values(), strict=True):
        assert corrected.row.verdict == policy.row.verdict
        kept += [policy.row] if policy.row.verdict == "kept" else []
        one, other = (json.loads(result.row.params or "{}") for result in (corrected, policy))
        assert one | {"labels": "policy"} == other
        same = {name for name, data in policy.members.items() if corrected.members[name] == data}
        labels = {"mask.png", "clean_mask.png", "parsing.png"}
        if policy.members and policy.row.face_id == "00001":
            assert same == {"jpg", "alpha.png", "clean.jpg"}
            assert check_sample(policy.row.key, dict(policy.members)) == []
            assert replay(policy.members, bank) == policy.members
        elif policy.members:
            assert same == {"jpg", "alpha.png", "clean.jpg"} | labels
    low, high = HIDDEN
    assert any(not low <= (row.hidden_ratio or 0) <= high for row in kept), "judged by the corrected mask"


def rendered(bank: Bank, labels: str, profile: str) -> list[SampleResult]:
    """Shapes on both faces."""
    sets = [{"name": "shapes", "kind": "randocc", "repeats": 3}]
    planned = plan(bank, labels=labels, profile=profile, size=256, hidden_ratio=HIDDEN, sets=sets)
    inputs = open_inputs(planned.shards[0], bank)
    return [attempt(inputs, sample) for sample in inputs.plan.samples]


def plan(bank: Bank, **fields: object) -> Plan:
    return make_plan(load_recipe("sample", **({"split": "all"} | fields)), bank, {})


def test_labels_decide_the_keys_and_the_version(bank: Bank) -> None:
    sets = [{"name": "shapes", "kind": "none"}]
    one, other = (plan(bank, labels=labels, sets=sets) for labels in ("corrected", "policy"))
    assert one.version != other.version and one.shards[0].cache_key != other.shards[0].cache_key
    assert plan(bank, sets=sets).version == one.version


@pytest.mark.parametrize(("lost", "parsing"), [(POLICY_MASK, False), (POLICY_PARSING, True)])
def test_a_bank_without_labels_by_policy_is_refused_before_anything_runs(
    bank: Bank, tmp_path: Path, lost: str, parsing: bool
) -> None:
    earlier = copy(bank, tmp_path, lost)
    with pytest.raises(RecipeError) as caught:
        plan(earlier, labels="policy", parsing=parsing)
    assert caught.value.problems == [
        "recipe > sample > labels: expected labels by policy in the bank, got corrected ones alone for 1 face, "
        "the first 00001, as earlier releases prepared them; run `natocc prepare --raw DIR --bank "
        f"{tmp_path}` again with the options that it records"
    ]
    assert not parsing or plan(earlier, labels="policy", parsing=False).samples
    assert plan(earlier, labels="corrected", parsing=parsing).samples


def test_a_mask_of_unknown_origin_is_no_mask_by_policy(bank: Bank, tmp_path: Path) -> None:
    unsaid = copy(bank, tmp_path, "json")
    sets = [{"name": "shapes", "kind": "none"}]
    inputs = open_inputs(plan(unsaid, labels="policy", sets=sets).shards[0], unsaid)
    results = {sample.face: attempt(inputs, sample).row for sample in inputs.plan.samples}
    assert results["00001"].verdict == "kept"
    assert results["00000"].verdict == "failed"
    assert results["00000"].reason.endswith(
        "face 00000: expected labels by policy, got mask.png alone, whose origin is None"
    )


def copy(bank: Bank, folder: Path, lost: str) -> Bank:
    """The bank without one member of its faces."""
    writer = BankWriter(str(folder))
    for kind in ("face", "texture"):
        for entry in bank.entries(kind):
            members = {
                name: data for name, data in bank.read(entry).items() if name != lost or kind != "face"
            }
            writer.add(entry, members)
    writer.close(upscaler="lanczos")
    return Bank(str(folder))


def test_labels_by_policy_are_those_of_a_tree_without_corrections(bank: Bank) -> None:
    members = bank.read(bank.entries("face")[1])
    plain = bank.read(bank.entries("face")[0])
    assert [*members] == ["jpg", "mask.png", "parsing.png", POLICY_MASK, POLICY_PARSING, "json"]
    assert [*plain] == ["jpg", "mask.png", "parsing.png", "json"]
    for name, by_policy in ((("mask.png"), POLICY_MASK), ("parsing.png", POLICY_PARSING)):
        # Both faces have the same parts.
        assert np.array_equal(decode_plane(members[by_policy]), decode_plane(plain[name]))
        assert not np.array_equal(decode_plane(members[name]), decode_plane(plain[name]))


@pytest.mark.parametrize(
    ("member", "named"), [("mask.png", "mask.png, corrected"), (POLICY_MASK, f"{POLICY_MASK}, by policy")]
)
def test_an_empty_mask_of_two_is_named(bank: Bank, tmp_path: Path, member: str, named: str) -> None:
    writer = BankWriter(str(tmp_path))
    (entry,) = (one for one in bank.entries("face") if one.id.endswith("1"))
    members = bank.read(entry)
    writer.add(entry, members | {member: encode_png(np.zeros_like(decode_plane(members[member])))})
    writer.close(upscaler="lanczos")
    other = Bank(str(tmp_path))
    plan = make_plan(load_recipe("c-original", split="all"), other, {}, None).shards[0]
    row = attempt(open_inputs(plan, other), plan.samples[0]).row
    assert row.verdict == "failed"
    assert row.reason == f"ValueError: {named}: expected pixels above 127, got an empty mask"
