"""Findings about inputs: their wording, and how an error becomes one."""

from __future__ import annotations

import pickle

import pytest

from assets.problems import BadInput, Problem, conversions, unusual


def test_an_error_reads_as_expected_and_got() -> None:
    assert str(BadInput("a mask", "an empty file")) == "expected a mask, got an empty file"
    assert str(BadInput("a mask", 3, "a/b.png")) == "a/b.png: expected a mask, got 3"


@pytest.mark.parametrize(("own", "given", "path"), [("", "b.png", "b.png"), ("a.png", "b.png", "a.png")])
def test_the_place_that_an_error_names_itself_comes_first(own: str, given: str, path: str) -> None:
    problem = BadInput("a mask", "an empty file", own).problem(given)
    assert problem == Problem(path=path, expected="a mask", got="an empty file")
    assert problem.action == "refused"


def test_an_error_survives_the_way_back_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(BadInput("a mask", "an empty file", "a.png")))
    assert (error.expected, error.got, error.where) == ("a mask", "an empty file", "a.png")


def test_conversions_are_one_line_and_none_where_nothing_was_converted() -> None:
    (problem,) = conversions("a.png", "a mask", ("palette", "16 bits a channel"))
    assert str(problem) == "a.png: expected a mask, got palette, 16 bits a channel"
    assert problem.action == "converted"
    assert conversions("a.png", "a mask", ()) == ()


def test_three_equal_channels_are_usual() -> None:
    assert unusual(("three channels", "palette")) == ("palette",)
