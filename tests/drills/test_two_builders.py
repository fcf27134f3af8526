"""Two builds of one version in a bucket, one of which is killed or suspended: ``make drills``."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.s3_server import S3Server, clean_environment

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
# A lease that ends sooner; and a build that suspends itself at a request to the server.
NATOCC = """
if __name__ == "__main__":
    import os
    import re
    import signal
    import sys
    import aiobotocore.client
    client = aiobotocore.client.AioBaseClient
    request, where = client._make_api_call, os.environ.pop("SUSPEND_AT", None)
    async def suspending(self, operation, fields):
        def suspend(when):
            global where
            if where and re.search(where, f"{when} {operation} {fields.get('Key')}"):
                where = None
                os.kill(os.getpid(), signal.SIGSTOP)
        suspend("before")
        answer = await request(self, operation, fields)
        suspend("after")
        return answer
    client._make_api_call = suspending
    from commands.main import run
    from shards.locking import lease
    lease.EXPIRES_AFTER = 6.0
    sys.argv[0] = "natocc"
    run()
"""


class Builder:
    """Builds of one version into one bucket, by processes of their own."""

    def __init__(self, s3: S3Server, bucket: str, bank: str, folder: Path) -> None:
        self.s3, self.bucket, url = s3, bucket, s3.bucket(bucket)
        recipe = folder / "recipe.yaml"
        sets = [{"name": "hand", "kind": "hand"}]
        fields = {"name": "drill", "description": "Short.", "repeats": 40, "size": 64, "samples_per_shard": 2}
        recipe.write_text(yaml.safe_dump(fields | {"seed": 1, "sets": sets}))
        program = folder / "run.py"
        program.write_text(NATOCC)
        self.dataset, self._program = f"{url}/drill", [sys.executable, str(program)]
        self._build = ["build", str(recipe), "--bank", bank, "--out", url, "--workers", "1"]

    @contextmanager
    def begin(self) -> Iterator[subprocess.Popen[str]]:
        """A build that has finished its first shard."""
        with self._start(*self._build) as process:
            try:
                while not any("/rows/" in name and name.endswith(".json") for name in self.names()):
                    assert process.poll() is None, process.communicate()[1]
                    time.sleep(0.05)
                yield process
            finally:
                process.kill()

    def run(self, *more: str) -> tuple[int, str]:
        """Exit code and all output of a build."""
        with self._start(*self._build, *more) as process:
            out, errors = process.communicate()
        return process.returncode, out + errors

    def check(self) -> None:
        """One whole version, and nothing else."""
        with self._start("verify", self.dataset) as process:
            out, errors = process.communicate()
        assert process.returncode == 0, out + errors
        version = {name.split("/")[1] for name in self.names()} - {"latest.json", "versions.json"}
        assert len(version) == 1, self.names()

    def names(self) -> list[str]:
        return sorted(self.s3.sizes(self.bucket))

    @contextmanager
    def suspended(self, where: str) -> Iterator[subprocess.Popen[str]]:
        """A build that is suspended at a request: ``before`` or ``after`` an operation and a key."""
        with self._start(*self._build, SUSPEND_AT=where) as process:
            try:
                while " (stopped)" not in Path(f"/proc/{process.pid}/status").read_text():
                    assert process.poll() is None, process.communicate()[1]
                    time.sleep(0.1)
                yield process
            finally:
                process.kill()

    def contents(self) -> dict[str, str]:
        """Published files with their ETags."""
        found = self.s3.client.list_objects_v2(Bucket=self.bucket)["Contents"]
        return {one["Key"]: one["ETag"] for one in found if ".building-" not in one["Key"]}

    def _start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        environment = clean_environment(**self.s3.environment, PYTHONPATH=str(ROOT), **more)
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self._program, *words], stdout=pipe, stderr=pipe, text=True, env=environment
        )


@pytest.fixture()
def builder(s3: S3Server, bank_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Builder:
    return Builder(s3, f"drill-{abs(hash(request.node.name))}", bank_url, tmp_path)


def test_the_second_builder_is_refused_or_waits(builder: Builder) -> None:
    with builder.begin() as first:
        with ThreadPoolExecutor(2) as threads:
            waiting = threads.submit(builder.run, "--wait")
            code, text = builder.run()
            assert code == 75 and f"(process {first.pid} on " in text, text
            assert "wait for it with --wait, or run again later" in text
            code, text = waiting.result()
        assert code == 0 and "waiting for `natocc build" in text and "unchanged: " in text, text
        assert first.wait() == 0
    builder.check()


def test_the_second_goes_on_from_a_killed_first(builder: Builder) -> None:
    with builder.begin() as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        code, text = builder.run("--wait")
        assert code == 0 and " reused, " in text and " 0 reused, " not in text, text
    builder.check()


def test_a_suspended_first_publishes_nothing_after_the_second(builder: Builder) -> None:
    with builder.begin() as first:
        first.send_signal(signal.SIGSTOP)
        code, text = builder.run("--wait")
        assert code == 0, text
        before = builder.s3.client.list_objects_v2(Bucket=builder.bucket)["Contents"]
        first.send_signal(signal.SIGCONT)
        _, errors = first.communicate()
        assert first.returncode == 75 and "expected this run to hold the lease that it took there" in errors
        after = builder.s3.client.list_objects_v2(Bucket=builder.bucket)["Contents"]
        published = {found["Key"]: found["LastModified"] for found in before}
        # Its worker may have been within a shard.
        assert {
            name: time
            for found in after
            if ".building-" not in (name := found["Key"])
            for time in [found["LastModified"]]
        } == published
        print(*(line for line in errors.splitlines() if "error" in line))


@pytest.mark.parametrize(
    "where",
    [
        "before CopyObject .*tar",
        "after CopyObject .*/dataset.json",
        "before DeleteObject .*building",
        "before PutObject .*/versions.json",
        "before PutObject .*/latest.json",
    ],
)
def test_a_first_that_was_suspended_while_it_published_changes_nothing(builder: Builder, where: str) -> None:
    with builder.suspended(where) as first:
        code, text = builder.run("--wait")
        assert code == 0, text
        before = builder.contents()
        first.send_signal(signal.SIGCONT)
        _, errors = first.communicate()
        assert first.returncode == 75 and "expected this run to hold the lease that it took there" in errors
        assert builder.contents() == before
    builder.check()
