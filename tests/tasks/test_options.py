from __future__ import annotations

import inspect
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field

from tasks.inputs import InputCheck
from tasks.option_problems import OptionsError
from tasks.options import NOT_GIVEN, Count, Names, Options, cross_check, input_check, parameters_of


class Job(Options):
    """A job."""

    out: str = Field(description="Where to.")
    size: Annotated[int, Field(ge=16, le=2048, multiple_of=16)] = Field(128, description="Side.")
    steps: Count | None = Field(None, description="Steps.")
    share: Annotated[float, Field(gt=0, lt=1)] = Field(0.5, description="A share.")
    device: Literal["auto", "cpu"] = Field("auto", description="Where it runs.")
    first: bool = Field(False, description="One.")
    second: bool = Field(False, description="The other.")

    former_names: ClassVar = {"length": "size", "rounds": "steps"}

    @cross_check("first", "second")
    def _one_of_both(self) -> str | None:
        return "expected one of them, got both" if self.first and self.second else None

    @cross_check("size", "share", at="share")
    def _fits(self) -> str | None:
        return "expected 16 pixels at least" if self.size * self.share < 16 else None

    @input_check("out")
    def _out_is_new(self) -> str | None:
        return "expected a new folder, got an old one" if self.out == "old" else None


def test_all_problems_are_reported_together_those_of_fields_first() -> None:
    with pytest.raises(OptionsError) as caught:
        Job(size=100, steps="0", share=1, device="tpu", first=True, second=True, third=1)  # type: ignore[arg-type, call-arg]
    assert sorted(caught.value.problems) == sorted(
        [
            "out: expected a value, got none",
            "size: expected a multiple of 16, got 100",
            "steps: expected at least 1, got 0",
            "share: expected more than 0 and less than 1, got 1",
            "device: expected auto or cpu, got 'tpu'",
            "third: expected no option of this name",
            "first, second: expected one of them, got both",
        ]
    )
    assert caught.value.problems[-1].startswith("first, second"), "cross-checks come last"
    assert "; " in str(caught.value)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "out: expected a value, got none"),
        ({"out": 3}, "out: expected text, got 3"),
        ({"size": "wide"}, "size: expected a whole number, got 'wide'"),
        ({"size": 0}, "size: expected at least 16 and at most 2048, got 0"),
        ({"share": float("nan")}, "share: expected more than 0 and less than 1, got nan"),
        ({"first": "perhaps"}, "first: expected true or false, got 'perhaps'"),
        ({"size": 16}, "share: expected 16 pixels at least"),
    ],
    ids=str,
)
def test_a_problem_says_what_was_expected_and_what_came(values: dict[str, object], problem: str) -> None:
    with pytest.raises(OptionsError) as caught:
        Job(**({"out": "o"} | values if values else {}))
    assert caught.value.problems == [problem]


def test_a_cross_check_waits_for_its_fields() -> None:
    with pytest.raises(OptionsError) as caught:
        Job(out="o", size=4096, share=0.001)
    assert caught.value.problems == ["size: expected at least 16 and at most 2048, got 4096"]


def test_a_former_name_is_taken_and_wins() -> None:
    assert Job(out="o", length=64).size == 64  # type: ignore[call-arg]
    assert Job(out="o", length=NOT_GIVEN).size == 128  # type: ignore[call-arg]
    assert Job(out="o", steps=5, rounds=None).steps is None, "None is a value"  # type: ignore[call-arg]
    with pytest.raises(OptionsError, match="size: expected a whole number, got None"):
        Job(out="o", length=None)  # type: ignore[call-arg]
    assert Job(out="o", length=64, size=32).size == 64, "32 may be a deployment's default"  # type: ignore[call-arg]


def test_replaced_options_are_checked_again_and_the_old_ones_stay() -> None:
    job = Job(out="o")
    assert job.replaced(size=64).size == 64 and job.size == 128
    with pytest.raises(OptionsError, match="size: expected a multiple of 16, got 65"):
        job.replaced(size=65)


def test_parameters_keep_bounds_choices_and_descriptions() -> None:
    parameters = parameters_of(Job)
    assert parameters[0].name == "out" and parameters[0].default is inspect.Parameter.empty
    assert [parameter.name for parameter in parameters] == list(Job.model_fields)
    device = next(parameter for parameter in parameters if parameter.name == "device")
    assert device.default == "auto"
    assert device.annotation.__origin__ == Literal["auto", "cpu"]
    assert device.annotation.__metadata__[-1].description == "Where it runs."


def test_inputs_are_looked_for_before_a_run_and_reported_with_the_other_problems() -> None:
    assert Job(out="old").out == "old"
    with pytest.raises(OptionsError) as caught:
        Job.for_run(out="old", size="wide")
    assert caught.value.problems == [
        "size: expected a whole number, got 'wide'",
        "out: expected a new folder, got an old one",
    ]
    assert Job.for_run(out="o", size="64").size == 64


def _old(value: str) -> str | None:
    return "expected a new one, got an old one" if value == "old" else None


class Places(Options):
    """A job whose fields' types carry their checks."""

    size: Count = Field(1, description="Side.")
    out: Annotated[str, InputCheck(_old)] = Field(description="Where to.")
    cache: Annotated[str, InputCheck(_old)] | None = Field(None, description="Where copies lie.")

    @input_check("out", "cache")
    def _apart(self) -> str | None:
        return "expected two places, got one" if self.out == self.cache else None


def test_the_check_of_a_type_sees_each_given_value_before_a_run() -> None:
    assert Places(out="old").out == "old" and Places.for_run(out="o").cache is None
    with pytest.raises(OptionsError) as caught:
        Places.for_run(out="old", cache="old", size=0)
    assert caught.value.problems == [
        "size: expected at least 1, got 0",
        "out: expected a new one, got an old one",
        "cache: expected a new one, got an old one",
        "out, cache: expected two places, got one",
    ]
    with pytest.raises(OptionsError) as caught:
        Places.for_run(cache="old")
    assert caught.value.problems == [
        "out: expected a value, got none",
        "cache: expected a new one, got an old one",
    ]


class Named(Options):
    names: Names = ("a",)


@pytest.mark.parametrize("given", ["x,y", ["x", "y"], ("x, y",), ["x,", " ,y"], "x,y,"])
def test_names_are_repeated_or_have_commas(given: object) -> None:
    assert Named(names=given).names == ("x", "y")
    assert Named().names == ("a",) and Named(names="").names == Named(names=[","]).names == ()


def test_what_is_no_list_of_names_is_refused() -> None:
    with pytest.raises(OptionsError):
        Named(names=[3])
