from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from manifests.code_identity import (
    EXCEPTIONS,
    PLAN_SET,
    READERS,
    RENDER,
    WRITE_BANK,
    ImportCircle,
    code_identity,
    is_exception,
    modules_of,
    network_identity,
    render_identity,
)
from manifests.syntax_tree import PACKAGES, ROOT, read_source
from models.registry import NETWORKS
from tasks.prepare.cofw import prepare_cofw
from tasks.prepare.faces.evaluation import prepare_evaluated
from tasks.prepare.faces.face import prepare_face
from tasks.prepare.occluders.cutouts import prepare_cutout
from tasks.prepare.occluders.hands_textures import prepare_hand
from tasks.prepare.occluders.objects import prepare_objects
from tests.manifests.modules import forget, path_of, write_modules
from tests.raw_trees import whole_tree
from tests.tasks.networks import write_rainnet
from tests.upscalers import add_rrdbnet

PREPARERS = (prepare_face, prepare_hand, prepare_cutout, prepare_objects, prepare_evaluated, prepare_cofw)
OBJECTS, FACES = prepare_objects.__module__, prepare_face.__module__
# As keys ask for them: the module, and whether a network takes part.
ROOTS = (
    (RENDER, False),
    (RENDER, True),
    (WRITE_BANK, False),
    (PLAN_SET, False),
    (OBJECTS, True),
    *((function.__module__, False) for function in PREPARERS),
    *((module, True) for name in ("rainnet", "rrdbnet") for module in NETWORKS[name].modules),
)
# What covered modules import for keys, in which its results stand.
FOR_KEYS = {
    ("tasks.prepare.cofw", "manifests.code_identity"),
    ("tasks.prepare.upscaling.choose", "manifests.code_identity"),
    ("tasks.prepare.cofw", "manifests.lineage"),
    ("tasks.prepare.upscaling.choose", "manifests.lineage"),
    ("tasks.build.expand", "manifests.code_identity"),
    ("tasks.build.expand", "manifests.lineage"),
    # The recipe and its network stand in keys as values.
    ("tasks.build.expand", "manifests.recipe"),
    ("tasks.build.expand", "manifests.recipes.parts"),
    ("tasks.build.expand", "tasks.build.choose_harmoniser"),
}
# The release, which indexes state and no shard.
RELEASE = {("natocc.document", "natocc")}
# They say when a run may write.
LOCKS = {
    ("manifests.dataset", "shards.lock"),
    ("shards.remote.upload", "shards.remote.conditional"),
    ("shards.storage", "shards.locking.lease"),
    ("shards.storage", "shards.remote.conditional"),
}
# Tables whose rows stand in keys.
TABLES = ("natocc.kinds", "models.registry")


@pytest.fixture()
def project(tree: Path) -> Path:
    """The project's own sources, copied, to be changed."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=lambda _, names: [
            name for name in names if ("." in name and not name.endswith(".py")) or name == "__pycache__"
        ])  # fmt: skip
    return tree


def now() -> dict[tuple[str, bool], str]:
    forget()
    return {(root, network): code_identity(root, network=network) for root, network in ROOTS}


def changed(before: dict[tuple[str, bool], str]) -> set[tuple[str, bool]]:
    after = now()
    return {root for root in before if before[root] != after[root]}


def covered() -> frozenset[str]:
    return frozenset[str]().union(*(modules_of(root, network=network) for root, network in ROOTS))


def module_with(text: str) -> str:
    """The one module that holds a text: where it lies may change."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    (found,) = (path for path in paths if text in path.read_text(encoding="utf-8"))
    return str(found.relative_to(ROOT))


def edit(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.M)
    assert count == 1, path
    path.write_text(text, encoding="utf-8")


def test_a_constant_in_a_leaf_changes_what_reaches_it_and_nothing_else(project: Path) -> None:
    before = now()
    edit(project / module_with("def gate_wrist"), '"wrist_inside"', '"wrist_within"')
    assert changed(before) >= {(RENDER, False), (RENDER, True)}
    before = now()
    edit(project / module_with("TOLERANCE = 0.47"), "0.47", "0.46")
    assert changed(before) == set(), "outlines for annotation tools reach no pixel"
    edit(project / module_with("class RRDBNet("), r"\Z", "EXTRA = 1\n")
    assert changed(before) == {(module, True) for module in NETWORKS["rrdbnet"].modules}
    before = now()
    edit(project / path_of(FACES), r"\Z", "EXTRA = 1\n")
    assert changed(before) == {(FACES, False)}
    before = now()
    edit(project / path_of(WRITE_BANK), r"\Z", "EXTRA = 1\n")
    assert changed(before) == {(WRITE_BANK, False)}


def test_a_network_s_source_counts_where_it_takes_part(project: Path) -> None:
    before, others = now(), (render_identity(), network_identity("glean"), network_identity("rrdbnet"))
    with_network = render_identity("rainnet")
    edit(project / module_with("class Rain("), r"\Z", "EXTRA = 1\n")
    assert changed(before) == {(module, True) for module in NETWORKS["rainnet"].modules}
    assert render_identity("rainnet") != with_network
    assert (render_identity(), network_identity("glean"), network_identity("rrdbnet")) == others
    with pytest.raises(ValueError, match=r"expected one of glean, .* as network, got 'nobody'"):
        network_identity("nobody")


def test_comments_docstrings_layout_and_line_ends_change_nothing(project: Path) -> None:
    before = now()
    path = project / module_with("def gate_wrist")
    edit(path, r"\A", '"""Other words."""\n\n# A remark.\n\n\n')
    edit(path, r'"""Keep a hand .*"""', '"""Other words here too."""')
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (project / "natocc" / "notes.txt").write_text("not a source")
    assert changed(before) == set()


def test_a_moved_module_keeps_every_identity(project: Path) -> None:
    before, old = now(), module_with("class TarWriter")
    name = old.removesuffix(".py").replace("/", ".")
    (project / "natocc" / "far").mkdir()
    (project / "natocc" / "far" / "__init__.py").write_text('"""Another folder."""\n')
    (project / old).rename(project / "natocc" / "far" / "away.py")
    with pytest.raises(ValueError, match=rf"{re.escape(name)}: expected a module of"):
        now()
    for package in PACKAGES:
        for path in (project / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(rf"\b{re.escape(name)}\b", "natocc.far.away", text), encoding="utf-8")
    assert changed(before) == set()


def test_a_circle_and_a_missing_root_are_named(tree: Path) -> None:
    write_modules(tree, natocc_a="import natocc.b\n", natocc_b="def late():\n    from natocc import a\n")
    with pytest.raises(ImportCircle, match=r"natocc\.a is imported by natocc\.b|natocc\.b is imported by"):
        code_identity("natocc.a")
    with pytest.raises(ValueError, match=r"natocc\.gone: expected a module of tasks, .* got none"):
        code_identity("natocc.gone")


def test_no_covered_module_imports_an_exception() -> None:
    """An exception is not followed, so nothing that decides bytes may lie behind one."""
    modules = covered()
    names = {
        (module, link.module) for module in modules for link in read_source(module).imports if link.alias
    }
    assert {
        link for link in names if is_exception(link[1]) and link[1] not in TABLES
    } == FOR_KEYS | RELEASE | LOCKS
    assert not any(is_exception(module) for module in modules)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The project's modules that a small preparation and a small build import, workers' included."""
    folder = tmp_path_factory.mktemp("run")
    whole_tree(folder / "raw")
    add_rrdbnet(folder / "weights")
    write_rainnet(folder / "weights")
    (folder / "tiny.yaml").write_text(RECIPE)
    record = folder / "imports.txt"
    bank, weights = ("--bank", "bank"), ("--weights", "weights", "--workers", "1")
    for arguments in (
        ("prepare", "--raw", "raw", *bank, "--objects", "all", "--upscaler", "realesrgan", *weights),
        ("build", "tiny.yaml", *bank, "--out", "out", "--upscaler", "realesrgan", *weights),
    ):
        subprocess.run(
            [sys.executable, "-c", "from commands.main import app; app()", *arguments],
            cwd=folder,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "import_recorder"), str(ROOT)]),
                "RECORDED_IMPORTS": str(record),
            },
            capture_output=True,
            check=True,
        )
    names = set(record.read_text(encoding="utf-8").split())
    return frozenset(name for name in names if name.partition(".")[0] in PACKAGES)


RECIPE = """
name: tiny
description: One of every kind.
profile: best
seed: 1
size: 160
split: all
samples_per_shard: 4
harmoniser: rainnet
clean: true
parsing: true
sets:
  - {name: randocc, kind: randocc}
  - {name: object, kind: object}
  - {name: hand, kind: hand, colour_transfer: 1.0}
"""


@pytest.mark.xdist_group("imported")
def test_every_module_of_a_build_and_a_preparation_is_covered(imported: frozenset[str]) -> None:
    # Of a folder that has a docstring alone there is nothing to cover.
    folders = {name for name in imported if read_source(name).tree == read_source("shards").tree}
    readers = set(fnmatch.filter(imported, READERS))
    left = imported - covered() - folders - readers
    assert sorted(name for name in left if not is_exception(name)) == []
    assert {RENDER, WRITE_BANK, "models.upscaling.upscaler", "models.rainnet.network"} <= imported


@pytest.mark.xdist_group("imported")
def test_no_exception_is_idle(imported: frozenset[str]) -> None:
    assert [pattern for pattern in EXCEPTIONS if not fnmatch.filter(imported, pattern)] == []
