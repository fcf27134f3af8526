"""YAML of users, within bounds, with each key once and numbers in decimal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

import yaml

from natocc.files.show import one_line

# Numbers of one meaning, by YAML's tag. Others are octal, hexadecimal, binary or of base 60.
_DECIMAL: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "tag:yaml.org,2002:int": re.compile(r"[-+]?(0|[1-9][0-9_]*)"),
        "tag:yaml.org,2002:float": re.compile(r"[^:]*"),
    }
)


class BadYaml(ValueError):
    """A text that is not used; ``faults``: expected and got of each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def parse_yaml(text: str, most: int) -> Any:
    """The values of a YAML text, at most ``most`` with every alias written out. Raises BadYaml."""
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        raise BadYaml(f"expected YAML, got {_sign(text, error.position)}") from error
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if (count := _values(node, {}, most)) > most:
            raise BadYaml(f"expected at most {most:,} values, got {count:,}")
        if twice := list(_repeated_keys(node, set())):
            raise BadYaml(*(f"expected each key once, got {key}" for key in twice))
        if odd := list(_odd_numbers(node, "")):
            raise BadYaml(*odd)
        return loader.construct_document(node)
    except RecursionError as error:
        raise BadYaml("expected YAML, got brackets nested too deep") from error
    except BadYaml:
        raise
    except yaml.YAMLError as error:
        raise BadYaml(f"expected YAML, got {_fault(error)}") from error
    # Dates and numbers.
    except ValueError as error:
        raise BadYaml("expected YAML, got a number or a date that is out of range") from error
    finally:
        loader.dispose()


def _values(node: yaml.Node, counted: dict[int, int], most: int) -> int:
    """The number of values below a node. An alias counts as often as it is used; a circle is endless."""
    if id(node) not in counted:
        counted[id(node)] = most + 1
        inner = node.value if isinstance(node, yaml.CollectionNode) else []
        nodes = chain.from_iterable(inner) if isinstance(node, yaml.MappingNode) else inner
        counted[id(node)] = 1 + sum(_values(below, counted, most) for below in nodes)
    return counted[id(node)]


def _repeated_keys(node: yaml.Node, seen: set[int]) -> Iterator[str]:
    """The keys that a mapping at any depth has twice, with their lines."""
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], list[int]] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                lines.setdefault((key.tag, key.value), []).append(key.start_mark.line + 1)
        for (_, name), places in lines.items():
            if len(places) > 1:
                yield f"{one_line(name)} twice (lines {', '.join(map(str, places))})"
        inner = list(chain.from_iterable(node.value))
    else:
        inner = node.value
    for below in inner:
        yield from _repeated_keys(below, seen)


def _odd_numbers(node: yaml.Node, field: str) -> Iterator[str]:
    """The fault of each number that YAML 1.1 reads otherwise than it looks: 010 as 8, 1:30 as 90."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag in _DECIMAL and not _DECIMAL[node.tag].fullmatch(node.value):
            where = f"{one_line(field)}: " if field else ""
            yield (
                f"{where}expected a number in decimal, got {one_line(node.value)} in line "
                f"{node.start_mark.line + 1}; write it without leading zeros and colons, or in quotes as text"
            )
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            yield from _odd_numbers(key, field)
            yield from _odd_numbers(value, f"{field} > {name}" if field else name)
    else:
        for number, value in enumerate(node.value):
            yield from _odd_numbers(value, f"{field} > {number}" if field else str(number))


def _sign(text: str, position: int) -> str:
    """A sign that YAML does not have, with its place."""
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return f"the sign {text[position]!a} in line {line}, column {column}; take it out"


def _fault(error: yaml.YAMLError) -> str:
    """Where a text stops being YAML."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return "signs that YAML does not have"
    place = f"line {mark.line + 1}, column {mark.column + 1}"
    if isinstance(error, yaml.constructor.ConstructorError):
        return f"a value that is no text, number, list or mapping in {place}"
    tab = "; indent by blanks, not by tabs" if "'\\t'" in str(error) else ""
    return f"a fault in {place}{tab}"
