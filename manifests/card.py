"""The card of a version, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined, Undefined

from manifests.dataset import Dataset
from natocc.files.show import markdown

# Characters of a value; licences and descriptions are sentences.
_LONGEST = 2000
_LINE_BREAKS = re.compile(r"[ \t]*\r?\n\s*")


def write_card(dataset: Dataset, left_out: Sequence[str]) -> str:
    """Write README.md of the version. ``left_out`` has a line for each thing that it leaves out."""
    text = (resources.files("manifests") / "templates" / "card.md.j2").read_text()
    # Every value is escaped for Markdown, which also makes it safe as HTML.
    environment = Environment(undefined=StrictUndefined, autoescape=False, finalize=_escaped)  # noqa: S701
    return environment.from_string(text).render(d=dataset, left_out=left_out)


def _escaped(value: object) -> object:
    """The value as Markdown that shows it. Paragraphs of a recipe's description become one."""
    if isinstance(value, Undefined):
        return value
    return markdown(_LINE_BREAKS.sub(" ", str(value)), _LONGEST)
