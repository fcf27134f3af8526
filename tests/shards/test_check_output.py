"""Outputs tried before the work: refused where they can't be written, and untouched."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import fsspec
import pytest

from shards import storage
from shards.check_output import check_file, check_folder
from tests.s3_server import S3Server, clean_environment, run_s3_server

ROOT = Path(__file__).parents[2]


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_that_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a").write_bytes(b"a")
    for url in ("old", "new", "new/er/folder"):
        check_folder(str(tmp_path / url))
        check_folder(f"file://{tmp_path}/{url}")
    check_file(str(tmp_path / "old" / "a"))
    check_file(str(tmp_path / "new" / "a.png"))
    assert contents(tmp_path) == ["old", "old/a"]


def test_what_a_dead_writer_left_in_the_folder_goes(tmp_path: Path) -> None:
    (tmp_path / ".partial-dead").touch()
    check_folder(str(tmp_path))
    assert contents(tmp_path) == []


def test_a_relative_name_is_one_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_file("sheet.png")
    check_folder("out")
    assert contents(tmp_path) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for url in ("file", "file/a", "file/a/b"):
        with pytest.raises(NotADirectoryError) as error:
            check_folder(str(tmp_path / url))
        assert str(error.value) == (
            f"{tmp_path / url}: expected a folder, got a file ({tmp_path / 'file'}); name another folder"
        )
    with pytest.raises(NotADirectoryError, match="expected a folder, got a file"):
        check_file(str(tmp_path / "file" / "sheet.png"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for url in (str(tmp_path), f"{tmp_path}/new/"):
        with pytest.raises(IsADirectoryError, match="expected a file to write, got a folder"):
            check_file(url)


@pytest.mark.parametrize("removed", [False, True])
def test_a_folder_that_another_job_makes_in_between_is_no_error(
    removed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``removed``: the other job has removed it again."""
    make, raced = Path.mkdir, []

    def make_second(path: Path) -> None:
        if raced:
            make(path)
            return
        raced.append(path)
        if not removed:
            make(path)
        raise FileExistsError(17, "File exists", str(path))

    monkeypatch.setattr(Path, "mkdir", make_second)
    check_folder(str(tmp_path / "out" / "version"))
    assert raced == [tmp_path / "out"]
    # It is the other job's to remove.
    assert contents(tmp_path) == ([] if removed else ["out"])


CHECK = "import sys; from shards.check_output import check_folder; check_folder(sys.argv[1])"


def in_namespace(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount."""
    private = [shutil.which("unshare") or "unshare", "-rm", "sh", "-c", script, "sh"]
    done = subprocess.run(
        [*private, *arguments, sys.executable, CHECK], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if "begun" not in done.stdout:
        pytest.skip(f"a disk of its own is not allowed here: {done.stderr.strip()}")
    return done


def test_a_read_only_disk_is_refused(tmp_path: Path) -> None:
    done = in_namespace(
        'mount -t tmpfs none "$1" && mount -o remount,ro "$1" && echo begun; "$2" -c "$3" "$1/new/out"',
        str(tmp_path),
    )
    assert done.stderr.splitlines()[-1] == (
        f"OSError: {tmp_path}/new/out: expected a folder that can be written, got an error (Read-only file "
        "system); change its rights, make room, or name another folder"
    )


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    done = in_namespace(
        'mount -t tmpfs -o size=64k none "$1" && echo begun; head -c 64k /dev/zero > "$1/full"; '
        '"$2" -c "$3" "$1"; ls -A "$1"',
        str(tmp_path),
    )
    assert "got an error (No space left on device); change its rights, make room" in done.stderr
    assert done.stdout == "begun\nfull\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        for url in (tmp_path, tmp_path / "new"):
            with pytest.raises(PermissionError, match="expected a folder that can be written"):
                check_folder(str(url))
    finally:
        tmp_path.chmod(0o755)


def test_other_storage_is_tried_too() -> None:
    storage.write_bytes("memory://tried/file", b"x")
    check_folder("memory://tried/new/folder")
    with pytest.raises(NotADirectoryError, match="got a file"):
        check_folder("memory://tried/file/a")
    assert storage.list_names("memory://tried") == ["file"]
    fsspec.filesystem("memory").rm("/tried", recursive=True)


def test_a_web_server_can_t_be_written(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(
            OSError, match="expected storage that renames a file in one step, got HTTPFileSystem"
        ):
            check_folder(f"http://127.0.0.1:{server.server_port}/out")
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_bucket_is_tried_and_left_as_it_is(s3: S3Server) -> None:
    url = s3.bucket("tried")
    storage.write_bytes(f"{url}/file", b"x")
    check_folder(f"{url}/out")
    check_folder(url)
    check_file(f"{url}/sheet.png")
    assert s3.sizes("tried") == {"file": 1} and s3.unfinished("tried") == []
    with pytest.raises(NotADirectoryError, match=r"got a file \(tried/file\)"):
        check_folder(f"{url}/file/out")
    with pytest.raises(FileNotFoundError, match="expected the bucket misspelt, got none of this name"):
        check_folder("s3://misspelt/out")


def test_a_read_only_bucket_is_refused() -> None:
    with run_s3_server() as server:
        url = server.bucket("readonly")
        keys = read_only_user(server)
        done = subprocess.run(
            [sys.executable, "-c", CHECK, f"{url}/out"],
            cwd=ROOT,
            env=clean_environment(**(server.environment | keys)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stderr.splitlines()[-1] == (
        "PermissionError: s3://readonly/out: expected access, got a refusal (Access Denied); check the rights on "
        "it, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (or FSSPEC_S3_ANON=true: public data)"
    )


def read_only_user(server: S3Server) -> dict[str, str]:
    """The keys of a user who may list and read; from then on, the server asks for rights."""
    import boto3

    iam = boto3.client(
        "iam",
        endpoint_url=server.endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    iam.create_user(UserName="reader")
    allow = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    iam.close()
    request = urllib.request.Request(
        f"{server.endpoint}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
    )
    with urllib.request.urlopen(request):
        return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
