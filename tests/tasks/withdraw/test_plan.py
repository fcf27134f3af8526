from __future__ import annotations

import shutil

import pytest

from assets.bank.reader import Bank
from manifests.dataset import read_dataset
from manifests.recipe import RecipeError
from natocc.document import MissingDocument
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.withdraw.plan import plan_withdrawal
from tasks.withdraw.run import withdraw
from tests.raw_trees import FACES
from tests.tasks.withdraw.conftest import Place


def test_a_plan_tells_what_it_means_and_writes_nothing(place: Place) -> None:
    before = place.files()
    plan = plan_withdrawal(place.options("Ada"))
    assert plan.roles == ("person",) and plan.counts == {"face": 1} and not plan.unfinished
    assert [row.what for row in plan.rows] == ["person", "photograph", "file"]
    assert {one.version.dataset.version: len(one.keys) for one in plan.affected} == {
        place.old: 2,
        place.latest: 4,
    }
    assert [one.version.dataset.version for one in plan.latest] == [place.latest]
    assert plan.remarks == () and place.files() == before


def test_a_known_duplicate_that_stays_is_named(place: Place) -> None:
    (place.raw / FACES / "defects.csv").write_text("kind,face,other\nduplicate,bob,eve\n")
    prepare(place.raw, place.bank, workers=1)
    assert not [line for line in plan_withdrawal(place.options("Ada")).remarks if "known as" in line]
    (remark,) = (line for line in plan_withdrawal(place.options("Bob")).remarks if "known as" in line)
    (eve,) = (one.id for one in Bank(place.bank).entries("face") if one.id.startswith("eve"))
    assert remark.startswith(f"{eve}: known as a duplicate of bob_")
    assert remark.endswith(f", and stays; natocc withdraw {eve} bans it too")


def test_an_unknown_input_is_refused_with_the_nearest(place: Place) -> None:
    with pytest.raises(ValueError, match=r"got 'dtd/images/wool/gray\.jpg'; did you mean dtd/images/wool/"):
        plan_withdrawal(place.options("dtd/images/wool/gray.jpg"))
    with pytest.raises(ValueError, match=r"got '%'; natocc used-by and bank\.json list inputs"):
        plan_withdrawal(place.options("%"))


@pytest.mark.parametrize("form", ["./{}", "{}", "/{}", "x/../{}"])
def test_a_path_means_the_same_in_every_spelling(
    place: Place, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.root)
    source = f"{FACES}/CelebA-HQ-img/bob.jpg"
    name = f"{place.raw}/{source}" if form == "/{}" else form.format(source)
    for given in (name, f"raw/{source}", source.replace("/", "\\")):
        plan = plan_withdrawal(place.options(given))
        assert plan.counts == {"face": 1} and len(plan.affected) == 2
        assert ("file", source) in {row.subject for row in plan.rows}


def test_a_mask_is_refused_and_says_what_to_give(place: Place) -> None:
    mask = next((place.raw / FACES / "CelebAMask-HQ-mask-anno").rglob("*.png"))
    name = mask.relative_to(place.raw).as_posix()
    for given in (name, f"./{name}", sha256_bytes(mask.read_bytes())):
        with pytest.raises(ValueError, match="as a mask; give the photograph that it belongs to"):
            plan_withdrawal(place.options(given))


def test_a_file_s_own_hash_is_known_where_a_side_car_states_another(place: Place) -> None:
    photo = place.raw / FACES / "CelebA-HQ-img/bob.jpg"
    (place.raw / FACES / "natocc.csv").write_text(f"file,photo\nCelebA-HQ-img/bob.jpg,{'0c' * 32}\n")
    prepare(place.raw, place.bank, workers=1)
    own = sha256_bytes(photo.read_bytes())
    for given in (own, own.upper()):
        plan = plan_withdrawal(place.options(given))
        assert plan.counts == {"face": 1} and "photograph" in plan.roles


@pytest.mark.parametrize("first", ["id", "path"])
def test_each_name_is_known_after_a_withdrawal_under_another(place: Place, first: str) -> None:
    photo = place.raw / FACES / "CelebA-HQ-img/bob.jpg"
    stated = "0c" * 32
    (place.raw / FACES / "natocc.csv").write_text(f"file,photo\nCelebA-HQ-img/bob.jpg,{stated}\n")
    prepare(place.raw, place.bank, workers=1)
    place.build()
    (bob,) = (face.id for face in Bank(place.bank).entries("face") if face.id.startswith("bob"))
    path = photo.relative_to(place.raw).as_posix()
    withdraw(plan_withdrawal(place.options(bob if first == "id" else path)))
    for name in (bob, path, stated, sha256_bytes(photo.read_bytes())):
        plan = plan_withdrawal(place.options(name, everywhere=True))
        assert plan.entries == () and [len(one.keys) for one in plan.older if one.keys]
        hashes = {row.name for row in plan.rows if row.what == "photograph"}
        assert hashes == {stated, sha256_bytes(photo.read_bytes())}, name


def test_a_version_that_cannot_be_read_stops_what_needs_it(place: Place) -> None:
    (place.dataset / place.old / "dataset.json").write_text("{")
    assert len(plan_withdrawal(place.options("Ada")).remarks) == 1
    with pytest.raises(ValueError, match="1 version can't be read; nothing was changed"):
        plan_withdrawal(place.options("Ada", everywhere=True))
    (place.dataset / place.latest / "dataset.json").write_text("{")
    with pytest.raises(ValueError, match="2 versions can't be read; nothing was changed"):
        plan_withdrawal(place.options("Ada"))


def test_a_recipe_that_has_nothing_left_is_refused_before_anything_is_written(place: Place) -> None:
    shutil.copy(place.raw / "dtd/images/brick/red.jpg", place.raw / "dtd/images/wool/grey.jpg")
    prepare(place.raw, place.bank, workers=1)
    place.build()
    before = place.files()
    with pytest.raises(RecipeError, match="expected at least one texture"):
        plan_withdrawal(place.options("dtd/images/wool/grey.jpg"))
    assert place.files() == before


def test_a_list_that_names_the_input_is_named_with_what_to_do(place: Place) -> None:
    names = place.root / "list.txt"
    names.write_text("ada\nbob\n")
    place.build(split=str(names))
    with pytest.raises(RecipeError) as caught:
        plan_withdrawal(place.options("Ada"))
    message = str(caught.value)
    assert message.startswith(f"{place.dataset}, whose recipe small is built again without the input: ")
    assert "that the bank lacks, the first 'ada'" in message
    assert message.endswith(f"take what is withdrawn out of the list {names}, and run the same command again")


def test_no_bank_and_another_bank_are_told(place: Place) -> None:
    with pytest.raises(MissingDocument):
        plan_withdrawal(place.options("Ada", bank=str(place.root / "none")))
    (place.raw / "dtd/images/wool/grey.jpg").write_bytes(
        (place.raw / "dtd/images/brick/red.jpg").read_bytes() + b"\n"
    )
    prepare(place.raw, place.bank, workers=1)
    (remark,) = plan_withdrawal(place.options("Ada")).remarks
    built_of = read_dataset(str(place.dataset / place.latest)).bank["content_sha256"]
    assert f"an earlier state of this one ({built_of})" in remark
