from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from manifests.card import write_card
from tests.manifests.inputs import dataset


def test_the_card_says_what_a_reader_must_know() -> None:
    card = write_card(dataset(), ["5 pairs of set hand"])
    for fact in (
        "# small, version 0123abcd",
        "A few <hands> & cups.",
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
