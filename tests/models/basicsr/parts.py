"""Modules of BasicSR as installed, one at a time: somebody else's reading of the same networks.

``import basicsr`` imports everything it has, torchvision with it, which nothing compared here runs. So its
folders are opened without their ``__init__``, and each module is imported from its own file.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

VERSION = "1.4.2"
# Whose __init__ would import torchvision.
_PACKAGES = ("", ".archs", ".losses", ".metrics", ".utils")
# What archs/arch_util.py imports for its deformable convolution alone.
_UNUSED = ("basicsr.utils", "distutils.version", "torchvision")


def require_basicsr() -> None:
    """Skip the module that calls, unless this version is installed."""
    try:
        found = version("basicsr")
    except PackageNotFoundError:
        found = "none"
    if found != VERSION:
        pytest.skip(
            f"needs basicsr {VERSION}, got {found}; see docs/basicsr.md for its installation",
            allow_module_level=True,
        )


def part(name: str) -> ModuleType:
    """``basicsr.<name>``, such as ``archs.rrdbnet_arch``, with everything in it that the file defines."""
    _open_packages()
    return import_module(f"basicsr.{name}")


@cache
def _open_packages() -> None:
    spec = find_spec("basicsr")
    assert spec is not None and spec.origin is not None
    root = Path(spec.origin).parent
    for package in _PACKAGES:
        # Without a loader it is a namespace: a folder to find modules in.
        folder = ModuleSpec(f"basicsr{package}", None, is_package=True)
        folder.submodule_search_locations = [str(root.joinpath(*package.split(".")))]
        sys.modules[folder.name] = module_from_spec(folder)
    # The one name that a file takes from a package's __init__.
    vars(sys.modules["basicsr.utils"])["bgr2ycbcr"] = import_module("basicsr.utils.color_util").bgr2ycbcr
    loader = _WithoutUnused("basicsr.archs.arch_util", str(root / "archs" / "arch_util.py"))
    module_spec = spec_from_loader(loader.name, loader)
    assert module_spec is not None
    module = module_from_spec(module_spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)


class _WithoutUnused(SourceFileLoader):
    """The whole file except three imports; whatever would use them raises NameError."""

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path))
        tree.body = [statement for statement in tree.body if _imported(statement) not in _UNUSED]
        code: CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return code


def _imported(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return statement.module if isinstance(statement, ast.ImportFrom) else None
