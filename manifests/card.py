"""The card of a version, as Markdown."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

from manifests.dataset import Dataset


def write_card(dataset: Dataset) -> str:
    """Write README.md of the version, from ``dataset`` only."""
    text = (resources.files("manifests") / "templates" / "card.md.j2").read_text()
    # Markdown, not HTML: escaping would damage it, and no browser shows it unescaped.
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=False)  # noqa: S701
    return environment.from_string(text).render(d=dataset)
