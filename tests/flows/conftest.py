from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# The server says goodbye after pytest has closed its streams.
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")

import pytest
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Prefect's own server on a database of its own, started once."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One server serves all tests of flows: keep them in one process."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.xdist_group("prefect"))
