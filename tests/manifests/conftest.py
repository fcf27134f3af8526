from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from manifests import syntax_tree
from tests.manifests.modules import forget


@pytest.fixture()
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, whose modules are those that identities are made of."""
    monkeypatch.setattr(syntax_tree, "ROOT", tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()
