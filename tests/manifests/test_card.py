from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import yaml

from manifests.card import write_card
from tests.manifests.inputs import dataset, shard


def head_of(card: str) -> dict[str, Any]:
    """The YAML head of a card."""
    empty, head, _ = card.split("---\n", 2)
    assert empty == ""
    fields: dict[str, Any] = yaml.safe_load(head)
    return fields


def test_the_card_says_what_a_reader_must_know() -> None:
    card = write_card(dataset(), ["5 pairs of set hand"])
    for fact in (
        "# small, version 0123abcd",
        "A few &lt;hands&gt; & cups.",
        "6 samples in 2 shards; 2 rejected, 0 failed",
        "| hand | 6 | 2 | 0 |",
        "| profile, seed | best, 2 |",
        "| harmoniser | none |",
        "## Left out\n\n- 5 pairs of set hand\n",
        "- public domain",
        "hand-000000.tar",
    ):
        assert fact in card, fact


def test_a_build_without_options_or_gaps_says_so() -> None:
    card = write_card(replace(dataset(), overrides={}), [])
    assert "| options that replaced the recipe's | none |" in card
    assert "## Left out\n\nNothing." in card


def test_tables_are_whole() -> None:
    lines = write_card(dataset(), ["5 pairs of set hand"]).splitlines()
    for before, line in pairwise(lines):
        if line.startswith("|") and before.startswith("|"):
            assert line.count("|") == before.count("|"), line


HOSTILE = "<script>alert(1)</script>|[x](javascript:y)`z`\n# h\x1b[2J\u202e"


def test_no_value_becomes_a_script_a_link_a_cell_or_a_heading() -> None:
    """Values come from tables beside the photographs, and from the recipe."""
    plain = dataset()
    hostile = replace(
        plain,
        recipe=plain.recipe | {"description": HOSTILE},
        overrides={"split": HOSTILE},
        backends={"upscaler": HOSTILE},
        networks={"harmoniser": {"name": HOSTILE}},
        libraries={HOSTILE: HOSTILE},
        licences=(HOSTILE, "x" * 100_000),
    )
    card = write_card(hostile, [HOSTILE])
    assert head_of(card) == head_of(write_card(plain, []))
    assert "<" not in card and "\x1b" not in card and "\u202e" not in card and len(card) < 10_000
    assert r"\|\[x\](javascript:y)\`z\`" in card
    assert [line for line in card.splitlines() if line.startswith("#")] == [
        line for line in write_card(plain, [""]).splitlines() if line.startswith("#")
    ]
    for before, line in pairwise(card.splitlines()):
        if line.startswith("|") and before.startswith("|"):
            assert line.replace(r"\|", "").count("|") == before.replace(r"\|", "").count("|"), line


def test_paragraphs_of_a_description_stay_readable() -> None:
    card = write_card(replace(dataset(), recipe=dataset().recipe | {"description": "One.\n  Two.\n"}), [])
    assert "\n\nOne. Two.\n\n" in card or "\n\nOne. Two. \n\n" in card


def test_the_head_names_the_splits_by_the_names_of_their_shards() -> None:
    def files(*splits: str) -> list[dict[str, str]]:
        shards = tuple(replace(shard(number), split=split) for number, split in enumerate(splits))
        (config,) = head_of(write_card(replace(dataset(), shards=shards), []))["configs"]
        assert config["config_name"] == "default"
        found: list[dict[str, str]] = config["data_files"]
        return found

    train, test = {"split": "train", "path": "train-*.tar"}, {"split": "test", "path": "test-*.tar"}
    assert files("train", "train") == files("all") == files("list") == [train]
    assert files("test", "train", "list") == [train, test]
    assert files("test") == [test]


def test_the_head_types_every_column_as_the_recipe_asks() -> None:
    def columns(**fields: object) -> dict[str, Any]:
        recipe = dataset().recipe | fields
        head = head_of(write_card(replace(dataset(), recipe=recipe), []))
        assert head["license"] == "other"
        return {column.pop("name"): column for column in head["dataset_info"]["features"]}

    pictures = ["jpg", "mask.png", "alpha.png"]
    assert list(columns(clean=False)) == [*pictures, "json", "__key__", "__url__"]
    whole = columns(clean=True, parsing=True)
    assert list(whole)[:6] == [*pictures, "parsing.png", "clean.jpg", "clean_mask.png"]
    assert whole["mask.png"] == {"dtype": "image"} and whole["__key__"] == {"dtype": "string"}
    of_json = {field.pop("name"): field for field in whole["json"]["struct"]}
    assert of_json["params"] == {"dtype": "string"} and of_json["size"] == {"list": "int64"}
    assert {"name": "repeat", "dtype": "int64"} in of_json["face"]["struct"]
