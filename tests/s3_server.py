"""A real S3 server on this machine, as a process of its own."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

NEEDED = ("moto", "s3fs")
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class S3Server:
    """``client`` is boto3's, which knows nothing of fsspec."""

    port: int
    client: Any

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a user sets to reach it."""
        return {**KEYS, "AWS_ENDPOINT_URL": self.endpoint}

    def bucket(self, name: str) -> str:
        """The URL of a new bucket."""
        self.client.create_bucket(Bucket=name)
        return f"s3://{name}"

    def sizes(self, bucket: str) -> dict[str, int]:
        """Objects with their sizes."""
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {found["Key"]: found["Size"] for found in listed}

    def unfinished(self, bucket: str) -> list[dict[str, Any]]:
        """Uploads in parts that are neither completed nor discarded."""
        return list(self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", []))


@contextmanager
def run_s3_server() -> Iterator[S3Server]:
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        pytest.skip(f"needs {' and '.join(missing)}: pip install -c constraints.txt -e '.[test]'")
    import boto3

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/moto-api/", process)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        yield S3Server(port, client)
        client.close()
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
    raise TimeoutError(url)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without settings of storage, and with ``more``."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FSSPEC_"))}
    # Neither a user's settings nor a cloud machine's own credentials.
    return (
        ours | {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nothing", "HOME": "/nothing"} | more
    )
