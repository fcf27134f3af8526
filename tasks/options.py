"""Options of a job: one model that defines the parameters of flow, command and task."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tasks.inputs import InputCheck
from tasks.option_problems import OptionProblem, OptionsError, field_problems

MOST_WORKERS = 256
# The default of a former name in a flow, since None is a value.
NOT_GIVEN = "not given"


@dataclass(frozen=True, slots=True)
class HelpWords:
    """Words of a field's help: its default, where that is no value, and the names of its values."""

    default: str | None = None
    values: str | None = None


def _split_names(value: Any) -> Any:
    """Names with commas between them, in one text or in several."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    return tuple(name for text in texts for part in text.split(",") if (name := part.strip()))


# Several names for one option: repeated, or with commas between them.
Names = Annotated[tuple[str, ...], BeforeValidator(_split_names)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Share = Annotated[float, Field(ge=0, le=1)]
Workers = Annotated[int, Field(ge=1, le=MOST_WORKERS, description="Worker processes.")]
PictureMib = Annotated[int, Field(ge=1, description="Largest file of a picture, in MiB.")]
TableMib = Annotated[int, Field(ge=1, description="Largest table or list, in MiB.")]
Megapixels = Annotated[int, Field(ge=1, description="Largest picture, in millions of pixels.")]
Wait = Annotated[bool, Field(description="Wait for another run that writes there, instead of exit 75.")]
WeightsFolder = Annotated[
    str | None, HelpWords("$NATOCC_WEIGHTS or data/weights"), Field(description="Folder of weights.")
]
Model = TypeVar("Model", bound="Options")
Check = TypeVar("Check", bound=Callable[..., str | None])


def cross_check(*fields: str, at: str | None = None) -> Callable[[Check], Check]:
    """Mark a method that checks ``fields`` together: it returns the problem, or None.

    It is skipped if one of these fields is itself invalid. It reads no other field. The problem is reported
    at the field ``at``, or at all fields.
    """
    return _marked(_Check(fields, at, reads_files=False))


def input_check(*fields: str, at: str | None = None) -> Callable[[Check], Check]:
    """Mark a cross-check that looks for files. It runs in ``for_run`` alone.

    A check of one field, whatever the others hold, is metadata of its type instead (``InputCheck``).
    """
    return _marked(_Check(fields, at, reads_files=True))


@dataclass(frozen=True, slots=True)
class _Check:
    """How a cross-check runs and where it reports its problem."""

    fields: tuple[str, ...]
    at: str | None
    reads_files: bool


def _marked(details: _Check) -> Callable[[Check], Check]:
    def mark(method: Check) -> Check:
        method.check = details  # type: ignore[attr-defined]
        return method

    return mark


class Options(BaseModel):
    """Options of a job, frozen. Raises OptionsError with all problems of fields and cross-checks."""

    # Validators are built when a model is first used: of a command, one of some twenty is.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
    # Former name → present name of renamed fields. Calls with a former name still work.
    former_names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **values: Any) -> None:
        self._fill(values, reads_files=False)

    @classmethod
    def for_run(cls, **values: Any) -> Self:
        """The options of a job that is about to run. Missing inputs are problems too."""
        made = cls.__new__(cls)
        made._fill(values, reads_files=True)
        return made

    def narrowed(self, model: type[Model]) -> Model:
        """The options as ``model``, a base class of this one."""
        return model(**{name: getattr(self, name) for name in model.model_fields})

    def replaced(self, **changes: Any) -> Self:
        """A copy with changed fields, checked again."""
        return type(self)(**(dict(self) | changes))

    def _fill(self, values: Mapping[str, Any], *, reads_files: bool) -> None:
        values = self._with_present_names(values)
        problems: list[OptionProblem] = []
        checked: Options = self
        try:
            super().__init__(**values)
        except ValidationError as error:
            problems += field_problems(error, type(self).model_fields)
            checked = self._without({problem.fields[0] for problem in problems}, values)
        wrong = {problem.fields[0] for problem in problems}
        if reads_files:
            problems += checked._looked_up(wrong)
        problems += checked._crossed(wrong, reads_files=reads_files)
        if problems:
            raise OptionsError(problems)

    def _with_present_names(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values under present names.

        A former name wins: a deployment gives defaults under present names, its caller a value under a former
        one. None is a value too.
        """
        former = self.former_names
        present = {name: value for name, value in values.items() if name not in former}
        given = {former[name]: values[name] for name in former if values.get(name, NOT_GIVEN) != NOT_GIVEN}
        return present | given

    def _without(self, wrong: Collection[str], values: Mapping[str, Any]) -> Options:
        """The other fields and defaults, for the cross-checks that do not read a ``wrong`` field."""
        fields = {name: field for name, field in type(self).model_fields.items() if name in values}
        return type(self).model_construct(
            **{
                name: TypeAdapter(_annotation(field)).validate_python(values[name])
                for name, field in fields.items()
                if name not in wrong
            }
        )

    def _looked_up(self, wrong: Collection[str]) -> Iterator[OptionProblem]:
        """The problems of single fields that name inputs and outputs (``InputCheck``)."""
        for name, field in type(self).model_fields.items():
            for check in _input_checks(field):
                value = None if name in wrong else getattr(self, name)
                message = None if value is None else check.problem_of(value)
                if message is not None:
                    yield OptionProblem((name,), message)

    def _crossed(self, wrong: Collection[str], *, reads_files: bool) -> Iterator[OptionProblem]:
        for kind in reversed(type(self).__mro__):
            # A copy: pydantic adds the validators of a model, built when it is first used.
            for method in tuple(vars(kind).values()):
                check = getattr(method, "check", None)
                if not isinstance(check, _Check) or (check.reads_files and not reads_files):
                    continue
                message = method(self) if set(wrong).isdisjoint(check.fields) else None
                if message is not None:
                    yield OptionProblem((check.at,) if check.at else check.fields, message)


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


def _input_checks(field: FieldInfo) -> Iterator[InputCheck]:
    """The checks of a field's type, also inside a union with None."""
    inside = (item for part in get_args(field.annotation) for item in getattr(part, "__metadata__", ()))
    return (item for item in (*field.metadata, *inside) if isinstance(item, InputCheck))
