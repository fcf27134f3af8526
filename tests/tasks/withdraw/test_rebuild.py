from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from tasks.options import OptionsError
from tasks.withdraw.rebuild import RemainingBank, plan_again, prepare_options
from tasks.withdraw.versions import StoredVersion, read_versions
from tests.bank_entries import write_index
from tests.tasks.withdraw.conftest import Place


def latest(place: Place, url: Path | None = None) -> StoredVersion:
    return next(one for one in read_versions(str(url or place.dataset)).versions if one.latest)


def test_a_version_is_planned_again_as_it_was_built(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = Bank(made.bank)
    for one in read_versions(str(made.dataset)).versions:
        plan = plan_again(one, bank, made.options("Ada"))
        assert plan.version == one.dataset.version and plan.overrides == one.dataset.overrides
    # By a relative path.
    monkeypatch.chdir(made.dataset.parent)
    assert plan_again(latest(made, Path("small")), bank, made.options("Ada")).version == made.latest


def test_a_bank_without_some_entries_gives_another_plan(made: Place) -> None:
    bank = Bank(made.bank)
    face = bank.entries("face")[0]
    remaining = RemainingBank(bank, {("face", face.id), ("texture", face.id)})
    assert remaining.entries("face") == bank.entries("face")[1:]
    assert remaining.entries("texture") == bank.entries("texture")
    assert plan_again(latest(made), remaining, made.options("Ada")).samples == 8


def test_a_dataset_under_another_name_is_refused(place: Place) -> None:
    moved = place.dataset.rename(place.dataset.with_name("moved"))
    with pytest.raises(ValueError, match="expected the folder of dataset small under its name, got moved"):
        plan_again(latest(place, moved), Bank(place.bank), place.options("Ada"))


def test_the_bank_s_options_are_its_recorded_ones(place: Place) -> None:
    recorded = json.loads(Path(place.bank, "bank.json").read_text())["options"]
    assert prepare_options(place.options("Ada")).model_dump() == recorded
    assert prepare_options(place.options("Ada", weights="w")).weights == "w"
    write_index(Path(place.bank), options=recorded | {"objects": "gone.txt"})
    with pytest.raises(OptionsError, match=r"gone\.txt"):
        prepare_options(place.options("Ada"))
    write_index(Path(place.bank), options=None)
    with pytest.raises(ValueError, match="expected a bank that records its options"):
        prepare_options(place.options("Ada"))
