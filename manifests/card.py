"""The card of a version, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined

from manifests.dataset import Dataset


def write_card(dataset: Dataset, left_out: Sequence[str]) -> str:
    """Write README.md of the version. ``left_out`` has a line for each thing that it leaves out."""
    text = (resources.files("manifests") / "templates" / "card.md.j2").read_text()
    # Markdown, not HTML: escaping would damage it, and no browser shows it unescaped.
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=False)  # noqa: S701
    return environment.from_string(text).render(d=dataset, left_out=left_out)
