from __future__ import annotations

import pytest

from tests.commands.documented import report_of


@pytest.fixture(scope="package")
def url(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A version with a sample of each kind."""
    options = ("--bank", bank_url, "--out", tmp_path_factory.mktemp("out"), "--limit", 1, "--workers", 1)
    return str(report_of("build", "sample", *options)["url"])
