"""The Markdown pages as a whole."""

from __future__ import annotations

import re

from tasks.benchmark.pages.markdown import claims_markdown, report_markdown
from tests.tasks.benchmark.pages.made import ARMS, comparison, material, result

NASTY = "a|b <script>alert(1)</script> [x](http://evil.example) `c`\n# head"


def nasty() -> str:
    return report_markdown(
        material(
            name=NASTY,
            description=NASTY,
            command="natocc ``` <b>",
            notes=(NASTY,),
            results=(result(NASTY, 0.9, set=NASTY, note=NASTY),),
            comparisons=(comparison(NASTY, note=NASTY),),
        )
    )


def tables(text: str) -> list[list[str]]:
    return [block.splitlines() for block in re.findall(r"(?m)(?:^\|.*\n)+", text)]


def test_every_line_of_a_table_has_as_many_cells_as_its_head() -> None:
    found = tables(report_markdown(material())) + tables(claims_markdown(material())) + tables(nasty())
    assert len(found) > 20
    for rows in found:
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {
            len(re.findall(r"(?<!\\)\|", rows[0]))
        }


def test_what_users_named_becomes_neither_html_nor_a_link_nor_a_heading() -> None:
    text = nasty()
    assert "<script" not in text and "\n# head" not in text
    assert re.search(r"(?<!\\)\]\(", text) is None
    assert r"a\|b &lt;script&gt;" in text
    assert "````\nnatocc ``` <b>\n````" in text


def test_the_report_has_all_parts_in_order() -> None:
    heads = re.findall(r"(?m)^## (.*)$", report_markdown(material()))
    assert heads == [
        "Test sets",
        "Comparisons",
        "Scores",
        "Slices",
        "Speed",
        "Trainings",
        "Hashes",
        "Commands of the trainings",
    ]


def test_published_rows_are_marked_and_ours_are_not() -> None:
    lines = report_markdown(material()).splitlines()
    assert sum(line.startswith("| *paper:* C-WO · ") for line in lines) == 1
    assert sum(line.startswith("| nat |") for line in lines) == 3


def test_parts_that_are_empty_say_so() -> None:
    text = report_markdown(material(comparisons=(), results=(), speeds=(), runs=(), files=(), notes=()))
    for sentence in ("No comparison was named.", "There are no scores.", "Nothing was timed."):
        assert sentence in text


def test_equal_material_gives_equal_text() -> None:
    assert report_markdown(material()) == report_markdown(material(arms=ARMS))
    assert claims_markdown(material()) == claims_markdown(material(arms=ARMS))
