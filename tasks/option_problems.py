"""Problems of a job's options in words: expected and got."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_TYPES = {"int": "a whole number", "float": "a number", "bool": "true or false", "string": "text"}
_BOUNDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "multiple_of": "a multiple of",
}
_OUT_OF_BOUNDS = (
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    *("multiple_of", "finite_number"),
)


@dataclass(frozen=True, slots=True)
class OptionProblem:
    """A problem of the fields that it names."""

    fields: tuple[str, ...]
    message: str

    def line(self, name_of: Callable[[str], str] = str) -> str:
        """``size, share: expected ...``. A message that begins with an option names it already."""
        if self.message.startswith("--"):
            return self.message
        return f"{', '.join(map(name_of, self.fields))}: {self.message}"


class OptionsError(ValueError):
    """All problems of a job's options, one per line."""

    def __init__(self, found: Sequence[OptionProblem]) -> None:
        self.found = tuple(found)
        self.problems = [problem.line() for problem in found]
        super().__init__("; ".join(self.problems))


def field_problems(error: ValidationError, fields: Mapping[str, FieldInfo]) -> Iterator[OptionProblem]:
    """The first problem of each field."""
    seen: set[str] = set()
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0])
        if name not in seen:
            seen.add(name)
            yield OptionProblem((name,), _describe(detail, fields.get(name)))


def _describe(detail: ErrorDetails, field: FieldInfo | None) -> str:
    """Expected and got, in words."""
    kind, got = detail["type"], detail["input"]
    if kind == "missing":
        return "expected a value, got none"
    if kind == "extra_forbidden" or field is None:
        return "expected no option of this name"
    # A number out of bounds is shown as a number, even if it came as text.
    number = kind in _OUT_OF_BOUNDS and isinstance(got, str)
    return f"expected {_expected(detail, field)}, got {got if number else repr(got)}"


def _expected(detail: ErrorDetails, field: FieldInfo) -> str:
    kind = detail["type"]
    if kind == "literal_error":
        return str(detail["ctx"]["expected"]).replace("'", "")
    for prefix, words in _TYPES.items():
        if kind.startswith(f"{prefix}_"):
            return words
    bounds = _bounds(field.annotation) | _bounds_of(field.metadata)
    if "multiple_of" in bounds:
        multiple = bounds.pop("multiple_of")
        bounds = {"multiple_of": multiple} if kind == "multiple_of" else bounds
    if bounds:
        *first, last = (f"{_BOUNDS[name]} {bound}" for name, bound in bounds.items())
        return f"{', '.join(first)} and {last}" if first else last
    if kind == "finite_number":
        return "a finite number"
    return detail["msg"][0].lower() + detail["msg"][1:]


def _bounds(annotation: Any) -> dict[str, Any]:
    """Bounds inside a union, such as ``Annotated[int, Field(ge=1)] | None``."""
    found: dict[str, Any] = {}
    for part in getattr(annotation, "__args__", ()):
        for item in getattr(part, "__metadata__", ()):
            found |= _bounds_of(item.metadata if isinstance(item, FieldInfo) else [item])
    return found


def _bounds_of(metadata: list[Any]) -> dict[str, Any]:
    found = {name: getattr(item, name, None) for item in metadata for name in _BOUNDS if hasattr(item, name)}
    return {name: bound for name, bound in found.items() if bound is not None}
