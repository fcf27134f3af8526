"""A module's source as a hash of its syntax tree, with its imports from the project.

Comments, docstrings, layout and the paths of the project's own modules are not part of the hash.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("tasks", "assets", "manifests", "shards", "natocc", "models")
# Fields that differ between Python versions, or have no effect when the code runs.
_IGNORED_FIELDS = ("ctx", "kind", "type_comment", "type_ignores")


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """``name`` from ``module``, bound as ``alias``. ``name`` is empty if the module itself is imported."""

    name: str
    alias: str
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSource:
    """A module: the sha256 of its syntax tree, and its imports from the project."""

    tree: str
    imports: tuple[Import, ...]


@cache
def read_source(module: str) -> ModuleSource:
    """Parse a module. Raises ValueError if it has no file."""
    path = _file(module)
    if path is None:
        raise ValueError(f"{module}: expected a module of {', '.join(PACKAGES)} under {ROOT}, got none")
    tree = ast.parse(path.read_bytes(), str(path))
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    imports = set(_package_code(module))
    parts: list[str] = []
    external: list[str] = []
    for statement in tree.body:
        # Imports at the top of the file are sorted by name, as their order is only layout.
        is_import = isinstance(statement, ast.Import | ast.ImportFrom)
        if _runs(statement):
            _write(statement, package, external if is_import else parts, imports)
    _check_names(module, imports)
    parts += sorted(external)
    return ModuleSource(tree=syntax_sha256(" ".join(parts)), imports=tuple(sorted(imports)))


def _file(module: str) -> Path | None:
    """A module's file; None for a module outside the project, and for a name inside a module."""
    path = ROOT.joinpath(*module.split("."))
    if module.partition(".")[0] not in PACKAGES:
        return None
    # As in Python, a folder takes precedence over a file of the same name.
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def _package_code(module: str) -> Iterator[Import]:
    """The packages around a module whose ``__init__`` has code besides a docstring."""
    while module := module.rpartition(".")[0]:
        path = _file(module)
        if path is not None and any(map(_runs, ast.parse(path.read_bytes()).body)):
            yield Import("", "", module)


def _runs(node: ast.AST) -> bool:
    """Whether a statement has an effect. A bare string is a docstring or a remark."""
    return not (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _write(value: object, package: str, parts: list[str], imports: set[Import]) -> None:
    """Append ``value`` (a node, a list of nodes or a plain value) as text, and collect its imports.

    ``ast.dump`` is not used, as its text differs between versions of Python.
    """
    if isinstance(value, list):
        for item in value:
            _write(item, package, parts, imports)
        parts.append("]")
        return
    if not isinstance(value, ast.AST):
        # JSON encodes strings the same in all versions of Python, and differently from numbers.
        parts.append(json.dumps(value) if isinstance(value, str) else repr(value))
        return
    if isinstance(value, ast.If) and _is_type_checking(value.test):
        for item in value.orelse:
            _write(item, package, parts, imports)
        return
    if isinstance(value, ast.Import | ast.ImportFrom):
        _write_import(value, package, parts, imports)
        return
    parts.append(type(value).__name__)
    for name in value._fields:
        field = getattr(value, name, None)
        if isinstance(field, list):
            field = [item for item in field if not isinstance(item, ast.AST) or _runs(item)]
        if isinstance(value, ast.JoinedStr):
            # Python 3.12 ends nested formats with an empty string.
            field = [part for part in value.values if not _is_empty_text(part)]
        if name in _IGNORED_FIELDS or field is None or field == []:
            continue
        parts.append(name)
        _write(field, package, parts, imports)
    parts.append(")")


def _is_empty_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _write_import(
    node: ast.Import | ast.ImportFrom, package: str, parts: list[str], imports: set[Import]
) -> None:
    """Collect imports from the project as links; other imports become part of the tree."""
    if isinstance(node, ast.Import):
        for name in node.names:
            if name.name.partition(".")[0] in PACKAGES:
                # Without an alias, the code refers to the module by its path.
                imports.add(Import("", name.asname or name.name, name.name))
            else:
                parts.append(f"import {name.name} as {name.asname}")
        return
    module = node.module or ""
    if node.level:
        base = package.split(".")[: len(package.split(".")) - node.level + 1]
        module = ".".join([*base, *([module] if module else [])])
    for name in node.names:
        alias = name.asname or name.name
        if _file(f"{module}.{name.name}"):
            imports.add(Import("", alias, f"{module}.{name.name}"))
        elif module.partition(".")[0] in PACKAGES:
            imports.add(Import(name.name, alias, module))
        else:
            parts.append(f"from {module} import {name.name} as {alias}")


def _check_names(module: str, imports: set[Import]) -> None:
    """Raises ValueError if a name may come from two modules, which would make links ambiguous."""
    aliases = [link.alias for link in imports if link.alias]
    twice = sorted({alias for alias in aliases if aliases.count(alias) > 1 or alias == "*"})
    if twice:
        raise ValueError(
            f"{module}: expected each name from one module of the project, got {', '.join(twice)} from "
            "several, or by *; import names one by one, each under another name"
        )


def syntax_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
