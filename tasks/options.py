"""Options of a job: one model that defines the parameters of flow, command and task."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

MOST_WORKERS = 256
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Workers = Annotated[int, Field(ge=1, le=MOST_WORKERS, description="Worker processes.")]
Model = TypeVar("Model", bound="Options")
Check = TypeVar("Check", bound=Callable[..., str | None])

_TYPES = {"int": "a whole number", "float": "a number", "bool": "true or false", "string": "text"}
_BOUNDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "multiple_of": "a multiple of",
}


class OptionsError(ValueError):
    """All problems of a job's options, one per line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def cross_check(*fields: str) -> Callable[[Check], Check]:
    """Mark a method that checks ``fields`` together: it returns the problem, or None.

    It is skipped if one of these fields is itself invalid.
    """

    def mark(method: Check) -> Check:
        method.checked_fields = fields  # type: ignore[attr-defined]
        return method

    return mark


class Options(BaseModel):
    """Options of a job, frozen. Raises OptionsError with all problems of fields and cross-checks."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    # Former name → present name of renamed fields. Calls with a former name still work.
    former_names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **values: Any) -> None:
        problems: list[str] = []
        values = self._with_present_names(values)
        wrong: set[str] = set()
        try:
            super().__init__(**values)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                name = str(detail["loc"][0])
                if name not in wrong:
                    problems.append(f"{name}: {_describe(detail, type(self).model_fields.get(name))}")
                    wrong.add(name)
            # Defaults replace invalid values, so that the cross-checks of the other fields can run.
            try:
                super().__init__(**{name: value for name, value in values.items() if name not in wrong})
            except ValidationError:
                raise OptionsError(problems) from None
        problems += self._crossed(wrong)
        if problems:
            raise OptionsError(problems)

    def narrowed(self, model: type[Model]) -> Model:
        """The options as ``model``, a base class of this one."""
        return model(**{name: getattr(self, name) for name in model.model_fields})

    def replaced(self, **changes: Any) -> Self:
        """A copy with changed fields, checked again."""
        return type(self)(**(dict(self) | changes))

    def _with_present_names(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values under present names.

        A former name wins: a deployment gives defaults under present names, its caller a value under a former
        one. None under a former name counts as not given.
        """
        former = self.former_names
        present = {name: value for name, value in values.items() if name not in former}
        given = {former[name]: values[name] for name in former if values.get(name) is not None}
        return present | given

    def _crossed(self, wrong: set[str]) -> Iterator[str]:
        for kind in reversed(type(self).__mro__):
            for method in vars(kind).values():
                fields = getattr(method, "checked_fields", None)
                if fields is not None and wrong.isdisjoint(fields):
                    problem = method(self)
                    if problem is not None:
                        yield problem


def parameters_of(model: type[Options]) -> list[inspect.Parameter]:
    """The fields as keyword parameters, the required ones first, annotated with choices and descriptions."""
    fields = model.model_fields.items()
    parameters = [keyword(name, _default(field), _annotation(field)) for name, field in fields]
    return sorted(parameters, key=lambda parameter: parameter.default is not inspect.Parameter.empty)


def keyword(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    """A keyword-only parameter."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _default(field: FieldInfo) -> Any:
    return inspect.Parameter.empty if field.is_required() else field.get_default(call_default_factory=True)


def _annotation(field: FieldInfo) -> Any:
    return Annotated[(field.annotation, *field.metadata, Field(description=field.description))]


def _describe(detail: ErrorDetails, field: FieldInfo | None) -> str:
    """Expected and got, in words."""
    kind = detail["type"]
    if kind == "missing":
        return "expected a value, got none"
    if kind == "extra_forbidden" or field is None:
        return "expected no option of this name"
    return f"expected {_expected(detail, field)}, got {detail['input']!r}"


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
