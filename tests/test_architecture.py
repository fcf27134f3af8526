"""The tree as docs/architecture.md draws it: folders, names, imports, and where tests stand."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TypeGuard

from importlinter.cli import lint_imports

from tests.diagram import PACKAGES, draw_arrows, draw_tree

ROOT = Path(__file__).parents[1]
MOST_MODULES, MOST_LINES = 12, 250
# Lower it as modules get their tests.
MOST_UNTESTED = 26
# Tests of the whole, which mirror no folder.
OF_THE_WHOLE = ("defects", "drills", "installing", "models/basicsr")
UNTESTED = ROOT / "tests" / "modules_without_tests.txt"


def modules() -> list[Path]:
    """Every module, relative to the project, but packages' own files."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in paths if path.name != "__init__.py")


def test_imports_run_one_way_and_heavy_libraries_stay_where_they_belong() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


# Where modules run networks; elsewhere one may import what does inside the function that needs it.
NETWORKS = (
    "models",
    "tasks/training",
    "tasks/weights",
    "tasks/review/disagreement.py",
    "tasks/infer/compare_onnx.py",
    "tasks/infer/export_model.py",
    "tasks/infer/mmsegmentation.py",
)


def test_torch_is_loaded_where_a_network_is_asked_for_and_nowhere_else() -> None:
    heavy = {"torch", "lightning", "torchmetrics", "webdataset"}
    for path in modules():
        if is_in(path, NETWORKS):
            continue
        found = {name.partition(".")[0] for name in imported_at_once(path)}
        assert not heavy & found, path
        ours = {name for name in imported_at_once(path) if name.startswith("models")}
        assert ours <= {
            "models.checkpoints.header",
            "models.device",
            "models.optional_packages",
            "models.registry",
        }, path


def test_a_public_name_is_defined_once() -> None:
    """A reader who meets a name in an import knows what it is. Commands and flows bear their task's name."""
    found = [
        (name, path)
        for path in modules()
        for name in public_names(path)
        if path.parts[0] not in ("commands", "flows")
    ]
    counts = Counter(name for name, _ in found)
    assert [f"{name}: {path}" for name, path in found if counts[name] > 1] == []


def public_names(path: Path) -> set[str]:
    """Names that a module defines for others, without type variables."""
    names: set[str] = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar" | "ParamSpec"))):
                pass
            case ast.Assign(targets=targets):
                names |= {name.id for target in targets for name in ast.walk(target) if is_name(name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


# The library reads a bank by itself; all else goes through ``Bank``.
READERS_OF_SPANS = ("natocc/occluders/bank_files.py",)


def test_only_the_bank_s_readers_know_where_members_lie() -> None:
    """``Bank.read`` and ``Bank.metadata`` are the way to an entry's bytes."""
    for path in modules():
        names = set(
            re.findall(
                r"\bmember\.(?:offset|size)\b|\bmembers\[[^]]+\]\.(?:offset|size)\b",
                (ROOT / path).read_text(),
            )
        )
        assert not names or str(path) in READERS_OF_SPANS, f"{path} reads {', '.join(names)}"


# Where files are opened by other means than natocc/files: the reader itself, streams of shards, files of the
# project, and weights, which their callers check.
OPENERS = (
    "natocc/files",
    "shards",
    "assets/demo",
    "assets/packages/no_build",
    "assets/weights/registry.py",
    "manifests/card.py",
    "tasks/infer/card.py",
    "manifests/yaml/fields.py",
    "manifests/syntax_tree.py",
    "models/checkpoints",
    "commands/output.py",
    "natocc/__main__.py",
    "tasks/benchmark/pages/html.py",
    "tasks/benchmark/paper",
    "tasks/compare/page.py",
    "tasks/workers/guard.py",
)


def test_files_of_users_are_read_within_bounds() -> None:
    """A pipe, a device or a file of any size may lie where a user names one: natocc/files refuses them."""
    found = {str(path): opened_in(path) for path in modules() if not is_in(path, OPENERS)}
    assert {path: lines for path, lines in found.items() if lines} == {}


def opened_in(path: Path) -> list[str]:
    """The calls that read a file by its path."""
    calls = []
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="storage"))):
                pass
            case (
                ast.Call(func=ast.Attribute(attr="read_bytes" | "read_text"))
                | ast.Call(func=ast.Name(id="open"))
            ):
                calls.append(f"{path}:{node.lineno}")
            case ast.Call(func=ast.Attribute(attr="open"), args=[*_, ast.Constant(value="r" | "rb")]):
                calls.append(f"{path}:{node.lineno}")
            case ast.Call(func=ast.Attribute(attr="open"), keywords=[ast.keyword(arg="newline"), *_]):
                calls.append(f"{path}:{node.lineno}")
    return calls


def is_in(path: Path, places: Collection[str]) -> bool:
    """Whether a path is one of the places, or lies in one."""
    return any(Path(place) in (path, *path.parents) for place in places)


def imported_at_once(path: Path) -> set[str]:
    """The modules that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def test_the_documented_tree_and_arrows_are_those_of_the_code() -> None:
    """``python -m tests.diagram`` prints what the page has to hold."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"```text\n(.*?)\n```", page, flags=re.DOTALL) == [draw_tree(), draw_arrows()]


def test_a_file_is_one_noun_or_one_verb() -> None:
    lines = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_a_folder_holds_few_modules() -> None:
    folders = Counter(str(path.parent) for path in modules() if path.name != "__main__.py")
    folders |= Counter(
        str(path.parent.relative_to(ROOT)) for path in (ROOT / "benchmarks").rglob("[a-z]*.py")
    )
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_no_name_repeats_its_folder() -> None:
    """But a central type's, in the singular, and those of commands."""
    repeating = []
    for path in modules():
        folder = path.parent.name
        singular = re.sub(r"s$", "", folder)
        repeats = {folder, singular} & {path.stem, *path.stem.split("_")}
        if repeats and path.stem != singular and path.parts[0] != "commands":
            repeating.append(str(path))
    assert repeating == []


def test_a_folder_says_in_one_line_what_it_is_for() -> None:
    # Those that re-export public names, and the one that sets Prefect's environment.
    more = {"natocc", "natocc/transforms", "flows"}
    for folder in sorted({path.parent for path in modules()}):
        text = (ROOT / folder / "__init__.py").read_text(encoding="utf-8")
        description = ast.get_docstring(ast.parse(text)) or ""
        assert description.partition("\n")[0].endswith("."), folder
        if str(folder) not in more:
            assert text == f'"""{description}"""\n' and "\n" not in description, folder


def place_of_test(path: Path) -> Path:
    """Where the tests of a module stand."""
    return Path("tests", path.parent, f"test_{path.stem.strip('_')}.py")


def test_the_list_of_modules_without_tests_only_shrinks() -> None:
    """A module that gets its test leaves the list; a new one comes with its test."""
    listed = UNTESTED.read_text(encoding="utf-8").split()
    missing = [str(path) for path in modules() if not (ROOT / place_of_test(path)).is_file()]
    assert missing == listed
    assert len(listed) <= MOST_UNTESTED


def test_tests_stand_where_their_modules_do() -> None:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        folder = path.parent.relative_to(ROOT / "tests")
        assert is_in(folder, OF_THE_WHOLE) or (ROOT / folder).is_dir(), path
        assert (path.parent / "__init__.py").is_file(), path
