from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from manifests.card import write_card
from tests.manifests.inputs import dataset


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
