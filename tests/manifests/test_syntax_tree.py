from __future__ import annotations

from pathlib import Path

import pytest

from manifests.code_identity import code_identity, modules_of
from tests.manifests.modules import forget, write_modules

EVERYTHING = r"""
'''A module.'''
from __future__ import annotations
import math, os.path as path
from dataclasses import dataclass, field as f

@dataclass(frozen=True, slots=True)
class Point(object):
    '''A place.'''
    x: float = 1.5e-3
    names: tuple[str, ...] = ('ä', "\n", r'\d', '\ud800', b'\x00', ...)

    @property
    def far(self, /, a, *rest, b=1, **more) -> bool | None:
        global G
        return not self.x < 1_000 <= 10**400 and (lambda y: -y)(2j) or f"{a!r:>{b}} {self.x:.2f}% {a=}"

async def g(items, *, deep: int = 0x10):
    async with items as (one, *others), other():
        yield [i async for i in one if i], {**others}, {1, 2}, {k: v for k, v in others}
    try:
        del items[1:2, ::3]
    except* (ValueError, OSError) as error:
        raise KeyError from error
    else:
        while (n := deep): continue
    finally:
        assert n, 'text'
    match deep:
        case {'a': [1, *_], **rest} if rest: pass
        case Point(x=1.5) | None: nonlocal_ = await n
"""


def test_every_way_to_import_is_followed(tree: Path) -> None:
    ways = (
        "from natocc.b import VALUE",
        "from natocc import b",
        "import natocc.b",
        "import natocc.b as other",
        "from . import b",
        "from .b import VALUE as V",
        "def late():\n    from natocc.b import VALUE",
        "try:\n    import natocc.b\nexcept ImportError:\n    pass",
    )
    for way in ways:
        write_modules(tree, natocc_a=f"{way}\n", natocc_b="VALUE = 1\n")
        before = code_identity("natocc.a")
        assert modules_of("natocc.a") == {"natocc.a", "natocc.b"}, way
        write_modules(tree, natocc_b="VALUE = 2\n")
        assert code_identity("natocc.a") != before, way


def test_what_is_imported_and_as_what_counts(tree: Path) -> None:
    write_modules(tree, natocc_b="ONE, TWO = 1, 2\n", natocc_c="ONE, TWO = 3, 4\n")
    texts = (
        "from natocc.b import ONE\n",
        "from natocc.b import TWO\n",
        "from natocc.b import TWO as ONE\n",
        "from natocc.c import ONE\n",
        "from natocc import b as ONE\n",
        "from json import loads as ONE\n",
        "from marshal import loads as ONE\n",
        "",
    )
    seen = set()
    for text in texts:
        write_modules(tree, natocc_a=text + "print(ONE)\n")
        seen.add(code_identity("natocc.a"))
    assert len(seen) == len(texts)


def test_a_text_and_a_number_are_not_one_constant(tree: Path) -> None:
    seen = set()
    for value in (
        "1",
        "'1'",
        "b'1'",
        "1.0",
        "True",
        "None",
        "'None'",
        "[1]",
        "(1,)",
        "[[], 1]",
        "[[1]]",
        "...",
    ):
        write_modules(tree, natocc_a=f"VALUE = {value}\n")
        seen.add(code_identity("natocc.a"))
    assert len(seen) == 12


def test_imports_for_type_checkers_alone_are_not_followed(tree: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from natocc.b import VALUE\n"
    write_modules(tree, natocc_a=text, natocc_b="VALUE = 1\n")
    assert modules_of("natocc.a") == {"natocc.a"}
    write_modules(tree, natocc_a=f"{text}else:\n    from natocc.b import VALUE\n")
    assert modules_of("natocc.a") == {"natocc.a", "natocc.b"}


def test_the_code_of_a_folder_runs_with_its_modules(tree: Path) -> None:
    write_modules(tree, shards_a="VALUE = 1\n", natocc_c="from shards.a import VALUE\n")
    (tree / "shards" / "__init__.py").write_text('"""A folder."""\n')
    before = code_identity("natocc.c")
    (tree / "shards" / "__init__.py").write_text('"""Described otherwise."""\n')
    forget()
    assert code_identity("natocc.c") == before
    (tree / "shards" / "__init__.py").write_text("import os\nos.environ['A'] = '1'\n")
    forget()
    assert code_identity("natocc.c") != before and "shards" in modules_of("natocc.c")


def test_an_identity_is_the_same_on_every_python(tree: Path) -> None:
    """A literal, so that a run on another version finds where its syntax trees differ."""
    write_modules(tree, natocc_a=EVERYTHING)
    assert code_identity("natocc.a") == "f5b18a231393a6de851d1984fbe47f9d4827939b967a3553162f7e97ca95b734"


def test_names_that_links_confuse_are_refused(tree: Path) -> None:
    texts = (
        "from natocc.b import *",
        "try:\n    from natocc.b import go\nexcept ImportError:\n    from natocc.c import go",
        "def one():\n    from natocc.b import go\ndef two():\n    from natocc.c import go",
    )
    for text in texts:
        write_modules(tree, natocc_a=f"{text}\n", natocc_b="go = 1\n", natocc_c="go = 2\n")
        with pytest.raises(ValueError, match=r"natocc\.a: expected each name from one module"):
            code_identity("natocc.a")


def test_the_order_of_imports_at_the_top_is_layout(tree: Path) -> None:
    seen = set()
    for text in (
        "import json\nfrom os import path, sep\nfrom natocc.b import go\nimport re\n",
        "from natocc.b import go\nimport re\nfrom os import sep, path\nimport json\n",
        "import re, json\nfrom os import path\nfrom os import sep\nfrom natocc.b import go\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from natocc.c import x\n",
    ):
        typed = "" if "typing" in text else "from typing import TYPE_CHECKING\n"
        body = (
            text
            if "typing" not in text
            else f"import re, json\nfrom os import path, sep\nfrom natocc.b import go\n{text}"
        )
        write_modules(tree, natocc_a=f"{typed}{body}print(go)\n", natocc_b="go = 1\n", natocc_c="x = 1\n")
        seen.add(code_identity("natocc.a"))
    assert len(seen) == 1


def test_names_of_what_is_not_followed_count(tree: Path) -> None:
    seen = set()
    for name in ("load_occluders", "load_cutouts"):
        write_modules(
            tree, natocc_a=f"from natocc import {name} as helper\nfrom models.b import {name} as other\n"
        )
        (tree / "natocc" / "__init__.py").write_text("")
        seen.add(code_identity("natocc.a"))
    assert len(seen) == 2 and modules_of("natocc.a") == {"natocc.a"}


def test_a_folder_goes_before_a_file_of_its_name(tree: Path) -> None:
    write_modules(tree, natocc_a="from natocc.b import go\n", natocc_b="go = 1\n")
    before = code_identity("natocc.a")
    (tree / "natocc" / "b").mkdir()
    (tree / "natocc" / "b" / "__init__.py").write_text("go = 2\n")
    forget()
    assert code_identity("natocc.a") != before, "as Python does"
