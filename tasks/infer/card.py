"""The card of an exported segmenter, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Undefined

from natocc.files.show import markdown

_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a card says. Rows of ``data`` have name, version, weight; of ``scores`` data, score, value."""

    title: str
    summary: str
    variant: str
    classes: int
    size: int
    output: str
    started_from: str
    selected_on: str
    written_by: str
    data: Sequence[Mapping[str, Any]] = ()
    licences: Sequence[str] = ()
    # What was drawn on training faces; "": nothing.
    occlusion: str = ""
    scores: Sequence[Mapping[str, Any]] = ()
    # A warning for scores that are those of the selection.
    selection_note: str = ""
    schedule: Sequence[tuple[str, Any]] = ()

    def write(self) -> str:
        """The card's text. Values are escaped for Markdown, which also makes them safe as HTML."""
        text = (resources.files("manifests") / "templates" / "model.md.j2").read_text()
        environment = Environment(undefined=StrictUndefined, autoescape=False, finalize=_escaped_value)  # noqa: S701
        return environment.from_string(text).render(m=self).rstrip("\n") + "\n"


def _escaped_value(value: Any) -> Any:
    return value if isinstance(value, Undefined) else markdown(value, _LONGEST)
