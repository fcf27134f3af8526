"""The page on which blind pairs are judged: static, without a server, answers stay with the judge."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined


def write_page(names: Sequence[str], question: str, *, token: str) -> str:
    """HTML that shows ``pairs/NAME.png`` one after the other and downloads ``answers.json``.

    ``token`` tells one comparison's half-finished answers from another's in the browser's memory.
    """
    text = (resources.files("manifests") / "templates" / "judge.html.j2").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    return environment.from_string(text).render(names=list(names), question=question, token=token)
