"""Curves and differences as SVG."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from models import optional_packages
from models.optional_packages import MissingExtra
from tasks.benchmark.pages.plots import arm_style, plot_curves, plot_differences
from tests.tasks.benchmark.pages.made import comparison, run

ARMS = ("wo", "nat")


def curves(name: str = "a") -> str:
    return plot_curves([run("wo", 0), run("wo", 1), run("nat", 0)], ARMS, name)


def test_a_line_is_drawn_for_each_run_in_its_arm_s_colour() -> None:
    svg = curves()
    ElementTree.fromstring(svg)
    # Loss and validation IoU each.
    assert svg.count(f"stroke: {arm_style(0)[0].lower()}; stroke-width: 1.2") == 4
    assert svg.count(f"stroke: {arm_style(1)[0].lower()}; stroke-width: 1.2") == 2


def test_equal_input_gives_equal_bytes_and_other_names_no_common_id() -> None:
    assert curves() == curves()
    first, second = (set(re.findall(r'\bid="([^"]+)"', curves(name))) for name in "ab")
    assert first and not first & second
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', curves()))
    assert used and used <= first


def test_the_page_gives_the_ink_and_no_address_is_left() -> None:
    for svg in (curves(), plot_differences([comparison()], "d")):
        assert "currentColor" in svg and "http" not in svg and svg.startswith("<svg")
        assert re.search(r"\d{4}-\d\d-\d\d", svg) is None


def test_a_difference_has_its_label_as_text_whatever_it_is_called() -> None:
    names = ("$a_b$", "_hidden", "名前", "a<b>&c", "x" * 200)
    svg = plot_differences([comparison(name, "wo") for name in names], "d")
    ElementTree.fromstring(svg)
    for text in ("$a_b$ − wo, RealOcc, mIoU", "_hidden − wo", "名前 − wo", "a&lt;b&gt;&amp;c − wo", "xx…"):
        assert text in svg


def test_a_dot_is_filled_where_the_interval_leaves_out_0() -> None:
    clear, unclear = comparison(), comparison(low=-0.01, high=0.03)
    hollow = [plot_differences([one], "d").count("fill-opacity: 0") for one in (clear, unclear)]
    assert hollow == [0, 1]


def test_without_curves_or_measured_differences_there_is_no_plot() -> None:
    assert plot_curves([run("wo", 0, curve=())], ARMS, "a") == ""
    assert plot_differences([comparison(difference=math.nan)], "d") == ""
    assert plot_differences([comparison(low=math.nan, high=math.nan)], "d") != ""


def test_more_arms_than_colours_are_told_apart_by_dashes() -> None:
    assert len({arm_style(place) for place in range(24)}) == 24


def test_without_matplotlib_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_packages, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"packages of the extra benchmark, matplotlib not installed"):
        plot_differences([comparison()], "d")
