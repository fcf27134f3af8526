from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from tasks.option_problems import OptionProblem, OptionsError, field_problems


class Fields(BaseModel, extra="forbid"):
    side: Annotated[int, Field(ge=16, multiple_of=16)]
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    device: Literal["auto", "cpu"] = "auto"


def problems_of(**values: object) -> list[OptionProblem]:
    with pytest.raises(ValidationError) as caught:
        Fields(**values)  # type: ignore[arg-type]
    return list(field_problems(caught.value, Fields.model_fields))


def test_a_field_has_one_problem_with_expected_and_got() -> None:
    found = problems_of(side="17", share=2, device="tpu", more=1)
    assert [problem.line() for problem in found] == [
        "side: expected a multiple of 16, got 17",
        "share: expected more than 0 and less than 1, got 2",
        "device: expected auto or cpu, got 'tpu'",
        "more: expected no option of this name",
    ]
    assert [problem.line() for problem in problems_of()] == ["side: expected a value, got none"]


def test_a_line_names_its_fields_unless_the_message_does() -> None:
    assert OptionProblem(("side", "share"), "expected less").line(str.upper) == "SIDE, SHARE: expected less"
    assert OptionProblem(("side",), "--share: expected less").line() == "--share: expected less"


def test_an_error_has_all_problems() -> None:
    error = OptionsError([OptionProblem(("a",), "expected b"), OptionProblem(("c",), "expected d")])
    assert (
        error.problems == ["a: expected b", "c: expected d"] and str(error) == "a: expected b; c: expected d"
    )
