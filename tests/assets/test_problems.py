"""Findings about inputs: their wording, and how an error becomes one."""

from __future__ import annotations

import pickle

import pytest

from assets.problems import BadInput, Problem, conversions, damage_named, unreadable, unusual
from natocc.files.read import UnfitFile


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


HOSTILE = "a\x1b[2J\nb\u202ec\udce9.png"
SHOWN = r"a\x1b[2J\nb\u202ec\udce9.png"


def test_names_and_values_of_others_are_made_safe_once_for_all_outputs() -> None:
    problem = Problem(path=HOSTILE, expected=HOSTILE, got=HOSTILE)
    assert str(problem) == f"{SHOWN}: expected {SHOWN}, got {SHOWN}"
    assert Problem(path=problem.path, expected=SHOWN, got=SHOWN) == problem
    assert str(BadInput("a mask", HOSTILE, HOSTILE)) == f"{SHOWN}: expected a mask, got {SHOWN}"
    assert len(str(Problem(path="x" * 9000, expected="y" * 9000, got="z" * 9000))) < 1600


def test_a_file_that_cannot_be_read_is_described() -> None:
    errors = {
        UnfitFile("a", "a regular file", "a named pipe"): "a named pipe",
        UnfitFile("a", "at most 64 MiB", "65 MiB"): "65 MiB (at most 64 MiB)",
        PermissionError(13, "Permission denied"): "a file that can't be read (Permission denied)",
    }
    for error, got in errors.items():
        assert str(unreadable(error, "a mask", "x.png")) == f"x.png: expected a mask, got {got}"


def test_errors_of_a_decoder_are_damage_and_a_finding_stays_itself() -> None:
    for error in (KeyError("k"), RuntimeError("r"), MemoryError()):
        with pytest.raises(BadInput, match="expected a mask, got damaged data"), damage_named("a mask"):
            raise error
    with pytest.raises(BadInput, match="expected more, got less"), damage_named("a mask"):
        raise BadInput("more", "less")
