"""Rooms and their imports, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
ROOMS = ("flows", "commands", "tasks", "assets", "manifests", "shards", "natocc", "models")


def test_imports_run_downward_and_heavy_libraries_stay_in_their_rooms() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


# Where modules run networks; elsewhere one may import what does inside the function that needs it.
NETWORKS = ("models", "tasks/training", "tasks/weights", "tasks/review/disagreement.py")


def test_torch_is_loaded_where_a_network_is_asked_for_and_nowhere_else() -> None:
    heavy = {"torch", "lightning", "torchmetrics", "webdataset"}
    for path in modules():
        if is_in(path, NETWORKS):
            continue
        found = {name.partition(".")[0] for name in imported_at_once(path)}
        assert not heavy & found, path
        ours = {name for name in imported_at_once(path) if name.startswith("models")}
        assert ours <= {"models.device", "models.optional_packages"}, path


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def is_in(path: Path, places: Collection[str]) -> bool:
    """Whether a module is one of the places, or lies in one."""
    return any((ROOT / place) in (path, *path.parents) for place in places)


def imported_at_once(path: Path) -> set[str]:
    """The modules that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def test_files_are_one_noun_or_one_verb() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 250
    }
    assert long == {}
