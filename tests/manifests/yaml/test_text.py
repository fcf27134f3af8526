from __future__ import annotations

import pytest

from manifests.yaml.text import BadYaml, parse_yaml


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", ("expected each key once, got a twice (lines 1, 3)",)),
        (
            "a:\n  - {b: 1, b: 2}\n  - c: {d: 1, 'd': 2}\n",
            (
                "expected each key once, got b twice (lines 2, 2)",
                "expected each key once, got d twice (lines 3, 3)",
            ),
        ),
        ("a: [", ("expected YAML, got a fault in line 1, column 5",)),
        ("a:\n\tb: 1", ("expected YAML, got a fault in line 2, column 1; indent by blanks, not by tabs",)),
        ("a: 2001-99-99", ("expected YAML, got a number or a date that is out of range",)),
        ("[1, 2, 3, 4]", ("expected at most 4 values, got 5",)),
    ],
)
def test_a_fault_is_said_with_its_line(text: str, faults: tuple[str, ...]) -> None:
    with pytest.raises(BadYaml) as caught:
        parse_yaml(text, 4 if text.startswith("[") else 100)
    assert caught.value.faults == faults


def test_equal_keys_of_different_mappings_and_merged_ones_are_no_fault() -> None:
    text = "x: &x {a: 1}\ny: {<<: *x, a: 2}\nz: [{a: 1}, {a: 2}]\n"
    assert parse_yaml(text, 100) == {"x": {"a": 1}, "y": {"a": 2}, "z": [{"a": 1}, {"a": 2}]}
    assert parse_yaml("", 100) is None


@pytest.mark.parametrize("number", ["010", "-017", "0x10", "0b11", "1:30", "190:20:30", "1:30.5", "0_7"])
def test_a_number_that_yaml_reads_otherwise_than_it_looks_is_refused_by_field(number: str) -> None:
    with pytest.raises(BadYaml) as caught:
        parse_yaml(f"b: 1\na:\n  - c: {number}\n", 100)
    assert caught.value.faults == (
        f"a > 0 > c: expected a number in decimal, got {number} in line 3; "
        "write it without leading zeros and colons, or in quotes as text",
    )


def test_decimal_numbers_and_text_stay() -> None:
    text = "[0, -7, +7, 1_000, .5, 1.5e+3, -.inf, '010', \"1:30\", 2001-01-01T01:30:00Z]"
    found = parse_yaml(text, 100)
    assert found[:7] == [0, -7, 7, 1000, 0.5, 1500.0, -float("inf")] and found[7:9] == ["010", "1:30"]


@pytest.mark.parametrize("sign", ["\x07", "\x1b", "\uffff"])
def test_a_sign_that_yaml_does_not_have_is_said_with_its_place(sign: str) -> None:
    with pytest.raises(BadYaml) as caught:
        parse_yaml(f"a: 1\nb: x{sign}y\n", 100)
    assert caught.value.faults == (f"expected YAML, got the sign {sign!a} in line 2, column 5; take it out",)
