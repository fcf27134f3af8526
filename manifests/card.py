"""The card of a version, as Markdown, with the YAML head that Hugging Face datasets reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Undefined

from manifests.dataset import Dataset
from manifests.sample import INTEGER, NUMBER, SAMPLE_FIELDS, STRING
from manifests.shard_plan import named_split
from natocc.files.show import markdown

# Characters of a value; licences and descriptions are sentences.
_LONGEST = 2000
# The members of a sample in their order, with the field of the recipe that asks for one.
_PICTURES = {
    "jpg": None,
    "mask.png": None,
    "alpha.png": None,
    "parsing.png": "parsing",
    "clean.jpg": "clean",
    "clean_mask.png": "clean",
}
_DTYPES = {STRING: "string", INTEGER: "int64", NUMBER: "float64"}
_LINE_BREAKS = re.compile(r"[ \t]*\r?\n\s*")


def write_card(dataset: Dataset, left_out: Sequence[str]) -> str:
    """Write README.md of the version. ``left_out`` has a line for each thing that it leaves out."""
    text = (resources.files("manifests") / "templates" / "card.md.j2").read_text()
    # Every value is escaped for Markdown, which also makes it safe as HTML.
    environment = Environment(undefined=StrictUndefined, autoescape=False, finalize=_escaped)  # noqa: S701
    body = environment.from_string(text).render(d=dataset, left_out=left_out, splits=_splits(dataset))
    return f"---\n{yaml.safe_dump(_head(dataset), sort_keys=False)}---\n\n{body}"


def _head(dataset: Dataset) -> dict[str, Any]:
    """Splits by the names of their shards, and the type of every column."""
    files = [{"split": name, "path": f"{name}-*.tar"} for name in _splits(dataset)]
    return {
        "license": "other",
        "license_name": "terms-of-the-photographs",
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": _features(dataset)},
    }


def _splits(dataset: Dataset) -> list[str]:
    """The splits in the names of the shards, ``train`` first."""
    return sorted({named_split(shard.split) for shard in dataset.shards if shard.samples}, reverse=True)


def _features(dataset: Dataset) -> list[dict[str, Any]]:
    pictures = [name for name, asked in _PICTURES.items() if asked is None or dataset.recipe.get(asked)]
    columns = [{"name": name, "dtype": "image"} for name in pictures]
    # The library's own columns.
    keys = [{"name": name, "dtype": "string"} for name in ("__key__", "__url__")]
    return [*columns, {"name": "json"} | _feature(SAMPLE_FIELDS), *keys]


def _feature(kind: Any) -> dict[str, Any]:
    """A type of ``SAMPLE_FIELDS`` in the words of the library."""
    if isinstance(kind, dict):
        return {"struct": [{"name": name} | _feature(inner) for name, inner in kind.items()]}
    if isinstance(kind, list):
        return {"list": _DTYPES[kind[0]]}
    return {"dtype": _DTYPES[kind]}


def _escaped(value: object) -> object:
    """The value as Markdown that shows it. Paragraphs of a recipe's description become one."""
    if isinstance(value, Undefined):
        return value
    return markdown(_LINE_BREAKS.sub(" ", str(value)), _LONGEST)
