from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from manifests.lineage import library_versions
from manifests.recipe import RecipeError, load_recipe
from natocc.kinds import ENTRY_KINDS, KINDS
from tasks.build.plan import Plan, _key_problems, make_plan

SHAPES = [{"name": "shapes", "kind": "randocc"}]


def plan(bank_url: str, limit: int | None = None, **fields: object) -> Plan:
    recipe = load_recipe("sample", **({"sets": SHAPES, "repeats": 5, "samples_per_shard": 2} | fields))
    return make_plan(recipe, Bank(bank_url), {}, limit)


def test_shards_hold_every_face_once_a_repeat_in_order(bank_url: str) -> None:
    shards = plan(bank_url).shards
    assert [shard.file for shard in shards] == [f"train-shapes-{number:06d}.tar" for number in range(3)]
    assert [(sample.face, sample.repeat) for shard in shards for sample in shard.samples] == [
        ("00000", repeat) for repeat in range(5)
    ]


def test_the_version_follows_from_what_decides_the_bytes(bank_url: str) -> None:
    first = plan(bank_url)
    assert plan(bank_url).version == first.version
    assert plan(bank_url, seed=9).version != first.version
    assert plan(bank_url, profile="paper").version != first.version


def test_a_row_of_the_table_of_kinds_is_in_the_keys_of_its_own_shards(
    bank_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = [*SHAPES, {"name": "things", "kind": "object"}]
    before = {shard.file: shard.cache_key for shard in plan(bank_url, sets=sets).shards}
    monkeypatch.setitem(KINDS, "sticker", replace(KINDS["object"], name="sticker"))
    assert {shard.file: shard.cache_key for shard in plan(bank_url, sets=sets).shards} == before
    monkeypatch.setitem(KINDS, "object", replace(KINDS["object"], faces_centre=True))
    for shard in plan(bank_url, sets=sets).shards:
        assert (shard.cache_key == before[shard.file]) is (shard.kind != "object")


def test_a_name_too_long_for_a_sample_s_files_is_an_error_before_the_work(bank_url: str) -> None:
    # 100 bytes, less the dashes, the face's five digits, the repeat and .parsing.png.
    sets = [{"name": "s" * 64, "kind": "randocc"}]
    assert plan(bank_url, sets=sets).shards
    faces = [replace(face, id=f"{'a' * 40}_{'0' * 12}") for face in Bank(bank_url).entries("face")]
    (problem,) = _key_problems(load_recipe("sample"), "s" * 64, faces)
    assert problem.endswith(
        f"sets > {'s' * 64}: expected a name of at most 29 characters for samples of faces such as "
        f"{'a' * 40}_000000000000, got 64; choose a shorter one"
    )
    assert _key_problems(load_recipe("sample"), "s" * 29, faces) == ()


def test_a_set_without_inputs_is_an_error_unless_optional(bank_url: str) -> None:
    wanted = {"name": "held", "kind": "hand", "split": "test"}
    with pytest.raises(
        RecipeError, match=r"recipe > sample > sets > held: expected faces in its split, got none"
    ):
        plan(bank_url, sets=[*SHAPES, wanted])
    left_out = plan(bank_url, sets=[*SHAPES, wanted | {"optional": True}]).left_out
    assert left_out["held"].startswith("expected faces in its split, got none, but the bank has 1 train")


def test_a_list_file_chooses_faces_by_id_and_names_those_it_lacks(bank_url: str, tmp_path: Path) -> None:
    names = tmp_path / "list.txt"
    names.write_text("00000\n")
    assert plan(bank_url, split=str(names)).samples == 5
    names.write_text("00000\n4711.jpg\n")
    with pytest.raises(RecipeError, match=r"1 face that the bank lacks, the first '4711.jpg'"):
        plan(bank_url, split=str(names))


def test_occluders_of_the_faces_own_photograph_are_never_drawn(bank_url: str) -> None:
    pairs = plan(bank_url).left_out["pairs_of_one_photograph"]
    assert pairs == {}


def test_a_bank_without_parsing_maps_is_said_before_anything_runs(bank_url: str, tmp_path: Path) -> None:
    source = Bank(bank_url)
    writer = BankWriter(str(tmp_path))
    for kind in ("face", "texture"):
        for entry in source.entries(kind):
            members = source.read(entry)
            members.pop("parsing.png", None)
            writer.add(entry, members)
    writer.close(upscaler="lanczos")
    with pytest.raises(
        RecipeError, match="parsing: expected parsing maps in the bank, got none for 1 face, the first 00000"
    ):
        plan(str(tmp_path))


def rewritten(bank_url: str, folder: Path, kind: str, **facts: object) -> str:
    """The session's bank with other facts (not pixels) for the entries of a kind."""
    source = Bank(bank_url)
    writer = BankWriter(str(folder))
    for name in ENTRY_KINDS:
        for entry in source.entries(name):
            writer.add(replace(entry, **(facts if name == kind else {})), source.read(entry))  # type: ignore[arg-type]
    writer.close(upscaler="lanczos")
    return str(folder)


@pytest.mark.parametrize(
    ("kind", "fact", "value"),
    [
        ("face", "photo", "another"),
        ("face", "person", "somebody"),
        ("face", "licence", "other terms"),
        ("face", "split", "test"),
        ("texture", "category", "another"),
        ("texture", "photo", "another"),
    ],
)
def test_a_changed_fact_makes_another_version(
    bank_url: str, tmp_path: Path, kind: str, fact: str, value: str
) -> None:
    changed = rewritten(bank_url, tmp_path, kind, **{fact: value})
    assert plan(changed, split="all").version != plan(bank_url, split="all").version


@pytest.mark.parametrize("split", ["test", "excluded"])
def test_a_list_never_trains_on_test_or_excluded_faces(bank_url: str, tmp_path: Path, split: str) -> None:
    names = tmp_path / "list.txt"
    names.write_text("00000\n00001\n")
    source = Bank(bank_url)
    (face,) = source.entries("face")
    writer = BankWriter(str(tmp_path / "bank"))
    for entry in (face, replace(face, id="00001", split=split), *source.entries("texture")):
        writer.add(entry, source.read(face if entry.kind == "face" else entry))
    writer.close(upscaler="lanczos")
    made = plan(str(tmp_path / "bank"), split=str(names))
    assert {sample.face for shard in made.shards for sample in shard.samples} == {"00000"}
    assert made.left_out["listed_but_test_or_excluded"] == {"shapes": 1}


SUBSETS = (
    ("WO", "train"),
    ("O", "train"),
    ("WO", "test"),
    ("O", "test"),
    (None, "train"),
    ("WO", "excluded"),
)


@pytest.fixture(scope="module")
def divided(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The session's face once for each subset and split, ids 00000 to 00005."""
    source = Bank(bank_url)
    (face,) = source.entries("face")
    folder = tmp_path_factory.mktemp("divided")
    writer = BankWriter(str(folder))
    for number, (subset, split) in enumerate(SUBSETS):
        writer.add(replace(face, id=f"{number:05d}", subset=subset, split=split), source.read(face))
    for texture in (
        one for entry in source.entries("texture") for one in (entry, replace(entry, split="test"))
    ):
        writer.add(replace(texture, id=f"{texture.id}{texture.split}"), source.read(texture))
    writer.close(upscaler="lanczos")
    return str(folder)


@pytest.mark.parametrize(
    ("split", "subset", "ids", "unknown"),
    [
        ("train", "all", "0 1 4", 0),
        ("train", "WO", "0", 1),
        ("train", "O", "1", 1),
        ("test", "WO", "2", 0),
        ("test", "all", "2 3", 0),
        ("all", "WO", "0 2", 1),
    ],
)
def test_faces_are_chosen_by_subset_within_their_split(
    divided: str, split: str, subset: str, ids: str, unknown: int
) -> None:
    made = plan(divided, split=split, subset=subset, repeats=1)
    assert [sample.face for shard in made.shards for sample in shard.samples] == [
        f"0000{one}" for one in ids.split()
    ]
    assert made.left_out.get("faces_of_unknown_subset") == ({"shapes": unknown} if unknown else None)


def test_a_subset_of_which_nothing_is_known_yet_is_said(bank_url: str, tmp_path: Path) -> None:
    source = Bank(bank_url)
    (face,) = source.entries("face")
    writer = BankWriter(str(tmp_path))
    for number, subset in enumerate(("O", None, None)):
        writer.add(replace(face, id=f"{number:05d}", subset=subset), source.read(face))
    writer.close(upscaler="lanczos")
    said = "expected faces in its split, got none, but 2 of unknown subset, for which `natocc partition` proposes one"
    with pytest.raises(RecipeError, match=said):
        plan(str(tmp_path), subset="WO")


def test_a_list_is_taken_as_it_is_whatever_the_subset(divided: str, tmp_path: Path) -> None:
    names = tmp_path / "list.txt"
    names.write_text("00000\n00001\n00004\n")
    assert plan(divided, split=str(names), subset="WO", repeats=1).samples == 3


def test_another_subset_is_another_version(divided: str) -> None:
    versions = {plan(divided, split="all", subset=subset).version for subset in ("WO", "O", "all")}
    assert len(versions) == 3


def test_another_version_of_an_optional_library_makes_other_shards(
    bank_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = [{"name": "hand", "kind": "hand", "colour_transfer": 1.0}]
    before = [plan(bank_url, sets=hands, transfer_method=one).version for one in ("linear", "table")]
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == "pot" else real(name))
    library_versions.cache_clear()
    try:
        after = [plan(bank_url, sets=hands, transfer_method=one).version for one in ("linear", "table")]
    finally:
        library_versions.cache_clear()
    assert after[0] != before[0] and after[1] == before[1]


def test_many_repeats_are_planned_as_far_as_the_limit(bank_url: str) -> None:
    made = plan(bank_url, limit=2, repeats=10**9)
    assert made.samples == 2 and [len(shard.samples) for shard in made.shards] == [2]
    with pytest.raises(
        RecipeError,
        match=r"expected at most 1,000,000,000 samples, got 2,000,000,000; lower its repeats, or build the first",
    ):
        plan(bank_url, repeats=2 * 10**9)
