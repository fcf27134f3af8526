"""The smallest raw tree and the smallest recipe of the pages give a version."""

from __future__ import annotations

import re
from pathlib import Path

from skimage import data

from assets.bank.reader import Bank
from tasks.build.options import BuildOptions
from tasks.build.version import build
from tasks.prepare.bank import prepare
from tests.raw_trees import disc, encoded, portrait, write

DOCS = Path(__file__).parents[1] / "docs"


def first_block(page: str, section: str, kind: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8").partition(section)[2]
    return re.findall(rf"```{kind}\n(.*?)```", text, flags=re.DOTALL)[0]


def test_the_smallest_tree_and_the_smallest_recipe_build_a_version(tmp_path: Path) -> None:
    pictures = {
        "ada.jpg": encoded(portrait()),
        "ada_skin.png": encoded(disc(160, 160), "PNG"),
        "grey.jpg": encoded(data.gravel()[:120, :160]),
    }
    root, *files = first_block("raw-data.md", "## The smallest own tree", "text").split()
    for file in files:
        write(tmp_path / root / file, pictures.pop(file.rpartition("/")[2]))
    assert pictures == {}
    bank = str(tmp_path / "bank")
    report = prepare(tmp_path / "RAW", bank, workers=1)
    assert (report.counts["train faces"], report.counts["textures"], report.refused) == (1, 1, 0)
    assert [face.source for face in Bank(bank).entries("face")] == [files[0]]
    recipe = tmp_path / "mine.yaml"
    small = f"{first_block('recipes.md', '# Recipes', 'yaml')}size: 128\n"
    recipe.write_text(small, encoding="utf-8")
    made = build(BuildOptions(recipe=str(recipe), bank=bank, out=str(tmp_path / "out"), workers=1))
    assert made.dataset.counts["failed"] == 0 and sum(made.dataset.counts.values()) == 1
