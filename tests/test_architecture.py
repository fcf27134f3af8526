"""Rooms and their imports, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
ROOMS = ("flows", "commands", "tasks", "assets", "manifests", "shards", "natocc", "models")


def test_imports_run_downward_and_heavy_libraries_stay_in_their_rooms() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def test_only_training_and_predicting_touch_torch() -> None:
    heavy = {"torch", "lightning", "torchmetrics", "webdataset", "models"}
    training = {"train_segmenter.py", "read_shards.py", "disagreement.py", "correct_masks.py"}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if room == "models" or path.name in training:
                continue
            assert not heavy & top_level_imports(path), path


def top_level_imports(path: Path) -> set[str]:
    """First parts of the modules that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_files_are_one_noun_or_one_verb() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 250
    }
    assert long == {}
