"""Small trees of modules, whose identities are asked for."""

from __future__ import annotations

from pathlib import Path

from manifests.code_identity import code_identity
from manifests.syntax_tree import read_source


def forget() -> None:
    code_identity.cache_clear()
    read_source.cache_clear()


def path_of(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def write_modules(tree: Path, **modules: str) -> None:
    """``natocc_a="…"`` is the module natocc.a."""
    for name, text in modules.items():
        path = tree / path_of(name.replace("_", ".", 1))
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    forget()
