"""The HTML page as a whole."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from tasks.benchmark.pages.html import report_html
from tests.tasks.benchmark.pages.made import ARMS, NETWORK, comparison, material, result
from tests.tasks.benchmark.pages.sheets.pictures import gallery

NASTY = "a|b <script>alert(1)</script> \" onload='x' {{ 7 * 7 }} http://evil.example"
_EMPTY = {"meta", "img", "br", "hr", "link", "input"}
# What SVG closes at once.
_FIGURES = {"path", "use", "rect", "circle", "line"}


class Page(HTMLParser):
    """Checks that elements close in order, and keeps attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.tags: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def shown(page: Page) -> str:
    return " ".join(" ".join(page.text).split())


def test_the_page_is_whole_and_needs_nothing_from_elsewhere() -> None:
    page = Page(report_html(material(), [gallery()]))
    links = [
        value
        for _, name, value in page.attributes
        if name in ("src", "href", "xlink:href", "srcset", "action")
    ]
    assert links and all(value.startswith(("#", "data:image/jpeg;base64,")) for value in links)
    assert "script" not in page.tags and "link" not in page.tags
    styles = [value for _, name, value in page.attributes if name == "style"]
    assert not any("http" in value or "@import" in value for value in [*styles, *page.text])


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique() -> None:
    page = Page(report_html(material(), [gallery()]))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for _, name, value in page.attributes if name == "href"} <= set(ids)


def test_what_users_named_is_text() -> None:
    nasty = material(
        name=NASTY,
        description=NASTY,
        command=NASTY,
        notes=(NASTY,),
        arms=(*ARMS, replace(ARMS[0], name=NASTY)),
        results=(result(NASTY, 0.9, set=NASTY, note=NASTY, network=NASTY), result(NASTY, 0.9, slice=NASTY)),
        comparisons=(comparison(NASTY, note=NASTY),),
    )
    text = report_html(nasty, [gallery(arm=NASTY)])
    page = Page(text)
    assert "script" not in page.tags and not any(name == "onload" for _, name, _ in page.attributes)
    assert "{{ 7 * 7 }}" in shown(page) and shown(page).count("<script>alert(1)</script>") > 8


def test_signs_that_forge_lines_are_shown_as_escapes() -> None:
    page = Page(report_html(material(name="a\x1b[2J\u202eb")))
    assert r"a\x1b[2J\u202eb" in shown(page)


def test_equal_material_gives_equal_bytes() -> None:
    assert report_html(material(), [gallery()]) == report_html(material(), [gallery()])


def test_published_rows_are_marked() -> None:
    text = report_html(material())
    rows = re.findall(r'<tr class="published">.*?</tr>', text, re.DOTALL)
    assert len(rows) == 9 + 7 + 7 and all('class="tag">paper<' in row for row in rows)


def test_parts_that_are_empty_say_so() -> None:
    page = Page(report_html(material(comparisons=(), results=(), speeds=(), runs=(), files=())))
    for sentence in ("No comparison was named.", "There are no scores.", "No pictures were taken."):
        assert sentence in shown(page)


def test_figures_and_plots_say_what_is_behind_them() -> None:
    text = report_html(material(), [gallery()])
    blocks = re.findall(r'<details class="behind">.*?</details>', text, re.DOTALL)
    # Plots of differences and curves, the tables, two sheets.
    assert len(blocks) >= 9 and all("natocc benchmark small --out out" in block for block in blocks)
    assert any(f"{NETWORK}/nat/1 1natffffffff" in block for block in blocks)


def test_the_legend_names_both_colours_of_errors() -> None:
    page = Page(report_html(material(), [gallery()]))
    assert "false positive: taken for face" in shown(
        page
    ) and "false negative: face that was missed" in shown(page)
    assert "false positive" not in shown(Page(report_html(material())))


def test_pictures_have_their_size_and_words() -> None:
    page = Page(report_html(material(), [gallery()]))
    sources = [value for tag, name, value in page.attributes if (tag, name) == ("img", "src")]
    alts = [value for tag, name, value in page.attributes if (tag, name) == ("img", "alt")]
    assert len(sources) == len(alts) == np.sum([3 * 3, 2 * 5])
    assert "k1, where nat errs" in alts
