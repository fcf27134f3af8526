"""A flow's flat parameters, taken from the fields of its options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field
from pydantic.fields import FieldInfo

from tasks.options import NOT_GIVEN, Options, keyword, parameters_of

Function = TypeVar("Function", bound=Callable[..., Any])


def take(model: type[Options]) -> Callable[[Function], Function]:
    """Replace ``**values`` of a function by the fields of ``model``, as parameters that Prefect can read.

    Former names of fields follow, so that existing calls and deployments still work.
    """
    parameters = parameters_of(model)
    types = {parameter.name: parameter.annotation for parameter in parameters}
    for former, name in model.former_names.items():
        note = Field(description=f"Former name of {name}, wins over it.")
        # A type of its own for the default, since None is a value.
        kind = Literal["not given"] | types[name]
        parameters.append(keyword(former, NOT_GIVEN, Annotated[kind, note]))

    def mark(function: Function) -> Function:
        returned = inspect.signature(function, eval_str=True).return_annotation
        lines = (f"    {parameter.name}: {_description(parameter)}" for parameter in parameters)
        # Prefect reads the descriptions of parameters from the docstring.
        function.__doc__ = "\n".join([str(function.__doc__), "", "Args:", *lines])
        function.__signature__ = inspect.Signature(parameters, return_annotation=returned)  # type: ignore[attr-defined]
        return function

    return mark


def _description(parameter: inspect.Parameter) -> str:
    details = parameter.annotation.__metadata__
    return next(str(item.description) for item in details[::-1] if isinstance(item, FieldInfo))
