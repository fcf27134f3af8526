"""Uploads to S3 that are stopped: the object is whole, or it is the one from before."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fsspec import AbstractFileSystem
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from shards import storage
from shards.move import move_folder
from shards.remote.upload import PARTIAL, copy_on_server, try_upload, upload
from tests.s3_server import S3Server, clean_environment

ROOT = Path(__file__).parents[3]
SIZE = 64 << 20
WRITE = f"""
import signal, sys
from shards import storage
# What a batch system's SIGTERM becomes in jobs that clean up.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
storage.write_bytes(sys.argv[1], bytes({SIZE}))
"""


@pytest.fixture()
def bucket(s3: S3Server, request: pytest.FixtureRequest) -> str:
    name = f"b{abs(hash(request.node.name))}"
    s3.bucket(name)
    return name


def start(url: str, s3: S3Server, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, url],
        cwd=ROOT,
        env=clean_environment(**(s3.environment | more)),
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_parts(s3: S3Server, bucket: str, writer: subprocess.Popen[str]) -> None:
    """Until a part of the upload has arrived."""
    for _ in range(3000):
        for found in s3.unfinished(bucket):
            parts = s3.client.list_parts(Bucket=bucket, Key=found["Key"], UploadId=found["UploadId"])
            if parts.get("Parts"):
                return
        assert writer.poll() is None, writer.communicate()[1]
        time.sleep(0.01)
    raise TimeoutError


@pytest.mark.drill
@pytest.mark.parametrize(
    ("sent", "earlier"),
    [
        (signal.SIGINT, b"the earlier one"),
        *((number, None) for number in signal.Signals if number in (2, 9, 15)),
    ],
)
def test_a_stopped_upload_leaves_no_part_under_the_name(
    s3: S3Server, bucket: str, sent: signal.Signals, earlier: bytes | None
) -> None:
    if earlier:
        s3.client.put_object(Bucket=bucket, Key="weights.pt", Body=earlier)
    writer = start(f"s3://{bucket}/weights.pt", s3)
    wait_for_parts(s3, bucket, writer)
    writer.send_signal(sent)
    writer.communicate(timeout=60)
    assert writer.returncode != 0
    assert s3.sizes(bucket) == ({"weights.pt": len(earlier)} if earlier else {})
    if sent != signal.SIGKILL:
        assert s3.unfinished(bucket) == [], "the parts are discarded"


class LosingProxy:
    """Passes bytes on to a server until ``most`` have gone up, then answers nobody any more."""

    def __init__(self, port: int, most: int) -> None:
        self._target, self._left = port, most
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(1 << 16):
                self._left -= len(data) if up else 0
                if self._left < 0:
                    self.close()
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.mark.drill
def test_a_lost_connection_is_one_message_and_no_object(s3: S3Server, bucket: str) -> None:
    proxy = LosingProxy(s3.port, 40 << 20)
    endpoint = f"http://127.0.0.1:{proxy.port}"
    start_time = time.monotonic()
    writer = start(f"s3://{bucket}/weights.pt", s3, AWS_ENDPOINT_URL=endpoint)
    message = writer.communicate(timeout=120)[1].splitlines()[-1]
    assert message.startswith(
        f"OSError: s3://{bucket}/weights.pt: expected an answer of the server, got none ("
    )
    assert message.endswith(f"check AWS_ENDPOINT_URL={endpoint}, and run the same command again")
    assert s3.sizes(bucket) == {}
    assert time.monotonic() - start_time < 60


def test_large_and_small_objects_are_the_bytes_written(s3: S3Server, bucket: str) -> None:
    for size in (0, 1, 1 << 24, (1 << 24) + 1):
        data = bytes(range(256)) * (size // 256 + 1)
        storage.write_bytes(f"s3://{bucket}/{size}", data[:size])
        assert storage.sha256_of(f"s3://{bucket}/{size}") == storage.sha256_bytes(data[:size])
    assert s3.unfinished(bucket) == []


def test_a_copy_on_the_server_is_checked(s3: S3Server, bucket: str) -> None:
    for name in ("b", "index", "a"):
        storage.write_bytes(f"s3://{bucket}/staging/{name}", name.encode() * 1000)
    move_folder(f"s3://{bucket}/staging", f"s3://{bucket}/final", last="index")
    assert s3.sizes(bucket) == {"final/a": 1000, "final/b": 1000, "final/index": 5000}


class Unsteady(LocalFileSystem):
    """A file store whose writes fail, or lose their end without an error, as over a bad line."""

    protocol = "unsteady"
    fails = "never"

    def open(self, path: str, mode: str = "rb", **options: object) -> object:  # type: ignore[override]
        if "w" not in mode or self.fails == "never":
            return super().open(path, mode, **options)
        return Losing(path, self.fails)


class Losing(io.FileIO):
    def __init__(self, path: str, fails: str) -> None:
        super().__init__(path, "w")
        self._fails = fails

    def write(self, data: object) -> int:  # type: ignore[override]
        super().write(bytes(data)[:3])  # type: ignore[call-overload]
        if self._fails == "loudly":
            raise ConnectionResetError("reset by peer")
        if self._fails == "interrupted":
            raise KeyboardInterrupt
        return len(bytes(data))  # type: ignore[call-overload]


@pytest.fixture()
def unsteady() -> Iterator[Unsteady]:
    filesystem = Unsteady()
    yield filesystem
    filesystem.fails = "never"


@pytest.mark.parametrize(
    ("fails", "error"),
    [("loudly", ConnectionResetError), ("interrupted", KeyboardInterrupt), ("silently", OSError)],
)
@pytest.mark.parametrize("earlier", [None, b"the earlier one"])
def test_other_storage_gets_a_name_for_a_whole_file_alone(
    tmp_path: Path, unsteady: Unsteady, fails: str, error: type[BaseException], earlier: bytes | None
) -> None:
    path = tmp_path / "a.bin"
    if earlier:
        path.write_bytes(earlier)
    unsteady.fails = fails
    with pytest.raises(error):
        upload(unsteady, str(path), io.BytesIO(b"0123456789"), 10)
    assert {found.name: found.read_bytes() for found in tmp_path.iterdir()} == (
        {"a.bin": earlier} if earlier else {}
    )
    unsteady.fails = "never"
    upload(unsteady, str(path), io.BytesIO(b"0123456789"), 10)
    assert path.read_bytes() == b"0123456789" and [found.name for found in tmp_path.iterdir()] == ["a.bin"]


class Growing(Unsteady):
    """The source grows while it is copied."""

    protocol = "growing"

    def cp_file(self, path1: str, path2: str, **options: object) -> None:
        super().cp_file(path1, path2, **options)
        with Path(path1).open("ab") as stream:
            stream.write(b"more")


def test_a_source_that_changes_while_it_is_copied_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    with pytest.raises(OSError, match="changed while it was copied"):
        copy_on_server(Growing(), str(tmp_path / "a"), str(tmp_path / "b"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert PARTIAL == ".partial-", "leftovers are found by it"


def test_an_earlier_file_stays_if_the_source_changes_while_it_is_copied(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    (tmp_path / "b").write_bytes(b"earlier")
    with pytest.raises(OSError, match="changed while it was copied"):
        copy_on_server(Growing(), str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == b"earlier" and len(list(tmp_path.iterdir())) == 2


class Store(MemoryFileSystem):
    """An object store; ``grows``: each copy's source has changed by its end."""

    protocol = ("s3",)
    cachable = False
    grows = False

    def cp_file(self, path1: str, path2: str, **options: object) -> None:
        super().cp_file(path1, path2, **options)
        if self.grows:
            self.pipe_file(path1, self.cat_file(path1) + b"more")


@pytest.mark.parametrize("earlier", [None, b"earlier"])
def test_an_object_is_replaced_by_a_sound_copy_alone(earlier: bytes | None) -> None:
    store, folder = Store(), f"/copied-{earlier is None}"
    store.pipe_file(f"{folder}/a", b"0123456789")
    if earlier is not None:
        store.pipe_file(f"{folder}/b", earlier)
    before = sorted(store.find(folder))
    store.grows = True
    with pytest.raises(OSError, match="changed while it was copied"):
        copy_on_server(store, f"{folder}/a", f"{folder}/b")
    assert sorted(store.find(folder)) == before
    assert earlier is None or store.cat_file(f"{folder}/b") == earlier
    store.grows = False
    copy_on_server(store, f"{folder}/a", f"{folder}/b")
    assert store.cat_file(f"{folder}/b") == store.cat_file(f"{folder}/a")
    assert sorted(store.find(folder)) == [f"{folder}/a", f"{folder}/b"]


class Copying(LocalFileSystem):
    """Storage without a rename of its own: fsspec's copies, and deletes."""

    protocol = ("copying",)
    mv = AbstractFileSystem.mv


@pytest.mark.parametrize(
    "outer", [lambda fs: fs, lambda fs: DirFileSystem("/", fs)], ids=["itself", "behind dir"]
)
def test_storage_that_would_show_an_unfinished_copy_is_refused(outer, tmp_path: Path) -> None:
    filesystem = outer(Copying())
    with pytest.raises(
        OSError, match=r"expected storage that renames a file in one step, got Copying, which copies"
    ):
        upload(filesystem, str(tmp_path / "a.bin"), io.BytesIO(b"content"), 7)
    with pytest.raises(OSError, match="expected storage that renames"):
        try_upload(filesystem, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_storage_that_renames_and_memory_are_written(tmp_path: Path) -> None:
    for filesystem in (LocalFileSystem(), MemoryFileSystem(), DirFileSystem("/", LocalFileSystem())):
        upload(filesystem, str(tmp_path / "a*.bin"), io.BytesIO(b"content"), 7)
        assert filesystem.cat_file(str(tmp_path / "a*.bin")) == b"content"
