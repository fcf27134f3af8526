"""Fixtures that tests of several packages share."""

from __future__ import annotations

import os
from collections.abc import Iterator

# Albumentations asks a registry for its newest version on import unless this is set.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

# Test processes share the machine's cores already. Small networks are slower on several threads, much
# slower beside other tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import pytest
from hypothesis import HealthCheck, settings

from benchmarks.inputs import write_bank
from tests.s3_server import S3Server, run_s3_server

cv2.setNumThreads(1)

settings.register_profile(
    "here",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("here")


@pytest.fixture(scope="session")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bank of true sizes: one face, one object, one hand, three textures, all of split train."""
    folder = tmp_path_factory.mktemp("bank")
    write_bank(folder)
    return str(folder)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A server of S3, whose environment this process has too."""
    with run_s3_server() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server
