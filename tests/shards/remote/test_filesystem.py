"""URLs: which storage they name, and what is wrong with them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from shards import storage
from shards.remote.filesystem import is_object_store, open_filesystem
from tests.s3_server import KEYS, S3Server, clean_environment, free_port

ROOT = Path(__file__).parents[3]
READ = "import sys; from shards import storage; print(storage.exists(sys.argv[1]))"


def test_a_path_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("a::b", "a:/b", str(tmp_path / "a")):
        filesystem, path = open_filesystem(url)
        assert "file" in filesystem.protocol and path.startswith(str(tmp_path))
    assert open_filesystem(f"file://{tmp_path}/a")[1] == f"{tmp_path}/a"
    assert open_filesystem(f"file://{tmp_path}/a::b")[1] == f"{tmp_path}/a::b"
    assert not is_object_store(open_filesystem("memory://a/b")[0])


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "foo://a/b",
            "foo://a/b: expected a path, or a URL such as s3://BUCKET/PATH, got foo://, an unknown one",
        ),
        (
            "S3://a/b",
            "S3://a/b: expected a path, or a URL such as s3://BUCKET/PATH, got S3://, an unknown one",
        ),
        ("s3://", "s3://: expected s3://BUCKET/PATH, got no bucket"),
        ("s3:///a", "s3:///a: expected s3://BUCKET/PATH, got no bucket"),
        ("gs://a/b", "gs://a/b: expected the package for gs://, got none; pip install gcsfs"),
        ("az://a/b", "az://a/b: expected the package for az://, got none; pip install adlfs"),
    ],
)
def test_a_wrong_url_is_one_message(url: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        storage.exists(url)
    assert str(error.value) == message


def test_the_root_of_a_url_keeps_its_slashes() -> None:
    assert storage.join("s3://", "a") == "s3:///a"
    assert storage.join("file:///", "a") == "file:///a"
    assert storage.join("/", "a") == "/a"


def test_a_misspelt_bucket_is_named_and_not_created(s3: S3Server) -> None:
    s3.bucket("spelt")
    before = [found["Name"] for found in s3.client.list_buckets()["Buckets"]]
    for use in (
        lambda url: storage.exists(url),
        lambda url: storage.read_bytes(url),
        lambda url: storage.list_names(url),
        lambda url: storage.make_folder(url),
        lambda url: storage.write_bytes(url, b"x"),
        lambda url: storage.remove(url),
    ):
        with pytest.raises(FileNotFoundError) as error:
            use("s3://mispelt/a")
        assert str(error.value) == (
            "s3://mispelt/a: expected the bucket mispelt, got none of this name; correct the name, or create it"
        )
    assert [found["Name"] for found in s3.client.list_buckets()["Buckets"]] == before


def test_a_folder_needs_no_object(s3: S3Server) -> None:
    url = s3.bucket("folders")
    storage.make_folder(f"{url}/a/b")
    assert s3.sizes("folders") == {}
    s3.client.put_object(Bucket="folders", Key="a/b/")  # as consoles show folders
    storage.write_bytes(f"{url}/a/b/[1]*.bin", b"x")
    storage.write_bytes(f"{url}/a/b/1.bin", b"x")
    assert storage.list_names(f"{url}/a/b") == ["1.bin", "[1]*.bin"]
    storage.remove(f"{url}/a/b/[1]*.bin")
    assert storage.list_names(f"{url}/a/b") == ["1.bin"]
    storage.remove(f"{url}/a")
    assert s3.sizes("folders") == {}


def test_what_another_process_writes_is_seen(s3: S3Server) -> None:
    url = s3.bucket("others")
    storage.write_bytes(f"{url}/a/1", b"x")
    assert storage.list_names(f"{url}/a") == ["1"] and not storage.exists(f"{url}/a/2")
    s3.client.put_object(Bucket="others", Key="a/2", Body=b"xy")
    assert storage.exists(f"{url}/a/2") and storage.size_of(f"{url}/a/2") == 2


def read(url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", READ, url],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.drill
def test_a_server_that_is_not_there_is_told_in_time() -> None:
    pytest.importorskip("s3fs")
    endpoint, begun = f"http://127.0.0.1:{free_port()}", time.monotonic()
    done = read("s3://bucket/a", **KEYS, AWS_ENDPOINT_URL=endpoint)
    assert done.stderr.splitlines()[-1].startswith(
        "OSError: s3://bucket/a: expected an answer of the server, got none"
    )
    assert f"check AWS_ENDPOINT_URL={endpoint}" in done.stderr.splitlines()[-1]
    assert time.monotonic() - begun < 30


def test_missing_credentials_are_named(s3: S3Server) -> None:
    done = read("s3://bucket/a", AWS_ENDPOINT_URL=s3.endpoint)
    assert "expected credentials, got none" in done.stderr.splitlines()[-1]
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in done.stderr.splitlines()[-1]
