"""The tree and the arrows between its folders, as text: ``python -m tests.diagram`` prints both.

docs/architecture.md holds them between fences; a test compares.
"""

from __future__ import annotations

import ast
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PACKAGES = ("flows", "commands", "tasks", "assets", "manifests", "shards", "natocc", "models")


def draw_tree() -> str:
    """Every package and folder with the line that says what it is for, and how many files it holds."""
    lines = []
    for package in PACKAGES:
        for folder in sorted(path.parent for path in (ROOT / package).rglob("__init__.py")):
            depth = len(folder.relative_to(ROOT).parts) - 1
            text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
            files = sum(path.name != "__init__.py" for path in folder.glob("*.py"))
            name = f"{'  ' * depth}{folder.name}/"
            lines.append(f"{name:<20}{files:>3}  {text.partition(chr(10))[0]}")
        lines.append("")
    return "\n".join(lines).strip()


def draw_arrows() -> str:
    """What each package imports of the others, then within each what its folders and files import."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    blocks = [_block("between packages", dict.fromkeys(PACKAGES), graph)]
    for package in PACKAGES:
        inside = sorted(graph.find_children(package))
        if any((ROOT / child.replace(".", "/")).is_dir() for child in inside):
            blocks.append(_block(f"within {package}", dict.fromkeys(inside), graph))
    return "\n\n".join(blocks)


def _block(title: str, places: dict[str, None], graph: grimp.ImportGraph) -> str:
    arrows = _arrows(tuple(places), graph)
    lines = [f"{title}: {sum(map(len, arrows.values()))} arrows"]
    lines += [f"  {_short(place):<20} → {' '.join(map(_short, to))}" for place, to in arrows.items() if to]
    return "\n".join(lines)


def _arrows(places: tuple[str, ...], graph: grimp.ImportGraph) -> dict[str, list[str]]:
    """For each place, a module or a package, the other places that it imports, sorted."""

    def place_of(module: str) -> str | None:
        return next((place for place in places if module == place or module.startswith(f"{place}.")), None)

    found: dict[str, set[str]] = {place: set() for place in places}
    for module in graph.modules:
        here = place_of(module)
        for imported in graph.find_modules_directly_imported_by(module):
            there = place_of(imported)
            if here and there and here != there and module != "natocc.__main__":
                found[here].add(there)
    return {place: sorted(to) for place, to in found.items()}


def _short(place: str) -> str:
    return place.rpartition(".")[2]


if __name__ == "__main__":
    print(f"{draw_tree()}\n\n{draw_arrows()}")
