"""A YAML file as a model: one that comes along, by its name, or a user's; its problems as lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from manifests.yaml.text import BadYaml, parse_yaml
from natocc.files.read import UnfitFile, is_there
from natocc.files.show import MOST_SHOWN, one_line
from natocc.files.text import read_text

Model = TypeVar("Model", bound=BaseModel)
# Bytes of a file, and its values with every alias written out.
_MOST_BYTES, _MOST_VALUES = 1 << 18, 10_000


class FieldProblems(ValueError):
    """All problems of a file and of its inputs, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFiles(Generic[Model]):
    """The files of one kind: those of ``manifests/FOLDER``, and users' own."""

    # The word for one of them in messages.
    what: str
    folder: str
    # The page that lists the fields.
    page: str
    model: type[Model]
    # The models of the fields that hold others.
    inner: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    error: type[FieldProblems] = FieldProblems
    # Folders of more files, within the folder.
    inside: tuple[str, ...] = ()

    def known(self) -> list[str]:
        """Names of the files that come with the package."""
        return sorted(self._places())

    def _places(self) -> dict[str, Traversable]:
        root = resources.files("manifests") / self.folder
        folders = (root, *(root / name for name in self.inside))
        files = (file for folder in folders for file in folder.iterdir())
        return {file.name.removesuffix(".yaml"): file for file in files if file.name.endswith(".yaml")}

    def unknown(self, name: str) -> str:
        """The problem of what is neither a known name nor a file."""
        got = f"no such file {name!r}" if name.endswith((".yaml", ".yml")) or "/" in name else repr(name)
        return f"expected one of {', '.join(self.known())} or a YAML file, got {got}"

    def load(self, name_or_path: str, **overrides: object) -> Model:
        """Read a file by its name or its path; overrides that are None are ignored.

        Raises ``error`` with every problem and its path.
        """
        try:
            data: Any = parse_yaml(self._read(name_or_path), _MOST_VALUES)
        except BadYaml as error:
            raise self.error([f"{one_line(name_or_path)}: {fault}" for fault in error.faults]) from error
        if not isinstance(data, dict):
            raise self.error([f"{name_or_path}: expected a mapping of fields, got {type(data).__name__}"])
        data |= {name: value for name, value in overrides.items() if value is not None}
        try:
            return self.model.model_validate(data)
        except ValidationError as error:
            label = data.get("name", name_or_path)
            raise self.error([self._line(label, item) for item in error.errors()]) from error

    def _read(self, name_or_path: str) -> str:
        places = self._places()
        if name_or_path in places:
            return places[name_or_path].read_text("utf-8")
        if is_there(Path(name_or_path)):
            try:
                return read_text(Path(name_or_path), _MOST_BYTES)
            except UnfitFile as error:
                raise self.error([f"{name_or_path}: expected {error.expected}, got {error.got}"]) from error
        raise self.error([f"{self.what}: {self.unknown(name_or_path)}"])

    def _line(self, label: object, error: Any) -> str:
        if error["type"] == "extra_forbidden":
            error = error | {"msg": self._unknown_field(error["loc"])}
        path = one_line(" > ".join([self.what, one_line(label), *(one_line(part) for part in error["loc"])]))
        message = one_line(error["msg"].removeprefix("Value error, "), 2 * MOST_SHOWN)
        # Our own messages contain the actual value; pydantic's do not.
        complete = error["type"] in ("value_error", "missing")
        return (
            f"{path}: {message}" if complete else f"{path}: {message} (got {one_line(repr(error['input']))})"
        )

    def _unknown_field(self, place: tuple[int | str, ...]) -> str:
        """What is expected in place of a field that is none; ``place`` ends with its name."""
        model = self.inner.get(str(place[0]), self.model) if len(place) > 1 else self.model
        near = get_close_matches(str(place[-1]), model.model_fields, 1)
        return f"expected a field of {self.page}{f', such as {near[0]}' if near else ''}, got another"
