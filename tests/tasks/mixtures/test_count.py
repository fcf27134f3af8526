from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from manifests.mixtures.mixture import Mixture, MixtureError, known_mixtures, load_mixture
from manifests.recipe import RecipeError, load_recipe
from tasks.build.options import BuildOptions
from tasks.build.plan import make_plan
from tasks.build.version import build
from tasks.mixtures.count import count_mixture, planned_samples
from tests.bank_entries import write_index

ALL = {"subset": "all"}


@pytest.fixture(scope="module")
def published(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A bank of policy voo, and the folder in which c-wo lies published."""
    folder = tmp_path_factory.mktemp("mixtures")
    shutil.copytree(bank_url, folder / "bank")
    write_index(folder / "bank", policy="voo")
    build_one("c-wo", folder / "bank", folder / "out")
    return str(folder / "bank"), str(folder / "out")


def build_one(recipe: str, bank: Path, out: Path) -> None:
    options = BuildOptions(recipe=recipe, bank=str(bank), out=str(out), subset="all", workers=1)
    build(options)


def test_planned_samples_are_those_of_a_plan(bank_url: str) -> None:
    bank = Bank(bank_url)
    for name in ("sample", "c-wo-randocc", "c-cm"):
        recipe = load_recipe(name, subset="all")
        assert planned_samples(recipe, bank) == make_plan(recipe, bank, {}).samples


def test_a_mixture_without_bank_and_datasets_has_the_paper_s_counts() -> None:
    counts = {name: count_mixture(load_mixture(name), None, None, {}) for name in known_mixtures()}
    assert {name: count.totals["paper"] for name, count in counts.items()} == {
        "c-original": 29_200,
        "c-cm": 29_200,
        "c-wo": 24_602,
        "c-wo-with-natocc": 73_806,
        "c-wo-with-natocc-sot": 73_806,
        "c-wo-with-randocc": 73_806,
        "c-wo-with-mix": 98_408,
        "c-cm-with-natocc": 78_404,
        "c-cm-with-natocc-sot": 78_404,
    }
    assert all(count.totals["planned"] is count.totals["kept"] is None for count in counts.values())


def test_planned_kept_and_published_stand_beside_them(published: tuple[str, str]) -> None:
    bank, out = published
    alone, parts = (
        count_mixture(load_mixture(name), Bank(bank), out, ALL) for name in ("c-wo", "c-wo-with-mix")
    )
    (part,) = alone.parts
    assert (part.paper, part.planned) == (24_602, 1)
    assert part.published is not None and part.published.number == "1.0.0"
    assert (part.published.kept, part.published.rejected, part.published.failed) == (1, 0, 0)
    assert part.published.overrides == ALL
    assert parts.parts[0] == part and parts.parts[1].published is None
    assert parts.totals == {"paper": 98_408, "planned": 4, "kept": None, "rejected": None, "failed": None}


def test_totals_count_a_part_by_its_weight(bank_url: str) -> None:
    mixture = load_mixture("c-wo-with-randocc")
    heavy = mixture.model_copy(
        update={"parts": (mixture.parts[0].model_copy(update={"weight": 2.5}), mixture.parts[1])}
    )
    assert count_mixture(heavy, Bank(bank_url), None, ALL).totals["planned"] == round(2.5 * 1 + 2)


def test_what_a_bank_lacks_is_said_once(bank_url: str) -> None:
    with pytest.raises(MixtureError) as caught:
        count_mixture(load_mixture("c-wo-with-mix"), Bank(bank_url), None, {})
    (line,) = caught.value.problems
    assert line.startswith("subset WO: expected a bank that says which faces are WO")
    with pytest.raises(
        RecipeError, match=r"^recipe > c-wo-natocc > sets > hand: expected faces in its split"
    ):
        planned_samples(load_recipe("c-wo-natocc", subset="all", split="test"), Bank(bank_url))


def test_versions_of_two_label_policies_are_no_mixture(published: tuple[str, str], tmp_path: Path) -> None:
    bank, out = published
    shutil.copytree(bank, tmp_path / "bank")
    shutil.copytree(out, tmp_path / "out")
    write_index(tmp_path / "bank", policy="faceocc")
    build_one("c-cm", tmp_path / "bank", tmp_path / "out")
    parts = [{"recipe": "c-wo"}, {"recipe": "c-cm"}]
    mine = Mixture(name="mine", description="", parts=parts)  # type: ignore[arg-type]
    with pytest.raises(MixtureError) as caught:
        count_mixture(mine, None, str(tmp_path / "out"), {})
    assert caught.value.problems == [
        "mixture > mine > parts: expected labels of one kind, got voo of c-wo, faceocc of c-cm; leave one "
        "out, or end the mixture's name with -mixed-labels"
    ]
    said = mine.model_copy(update={"name": "mine-mixed-labels"})
    assert count_mixture(said, None, str(tmp_path / "out"), {}).totals["kept"] == 2
