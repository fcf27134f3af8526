"""The page on which blind pairs are judged. It needs no server; answers stay in the judge's browser."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined


def write_page(names: Sequence[str], question: str, *, token: str) -> str:
    """HTML that shows each ``pairs/NAME.png`` in turn and downloads ``answers.json``.

    ``token`` separates half-finished answers of different comparisons in the browser's storage.
    """
    text = (resources.files("manifests") / "templates" / "judge.html.j2").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    return environment.from_string(text).render(names=list(names), question=question, token=token)
