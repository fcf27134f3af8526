"""YAML of users, within bounds and with each key once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import yaml

from natocc.files.show import one_line


class BadYaml(ValueError):
    """A text that is not used; ``faults``: expected and got of each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def parse_yaml(text: str, most: int) -> Any:
    """The values of a YAML text, at most ``most`` with every alias written out. Raises BadYaml."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if (count := _values(node, {}, most)) > most:
            raise BadYaml(f"expected at most {most:,} values, got {count:,}")
        if twice := list(_repeated_keys(node, set())):
            raise BadYaml(*(f"expected each key once, got {key}" for key in twice))
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
