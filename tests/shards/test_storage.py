from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from natocc.files.read import UnfitFile
from shards import storage

ROOT = Path(__file__).parents[2]


def test_a_written_file_is_whole_readable_and_alone(tmp_path: Path) -> None:
    url = str(tmp_path / "new" / "folder" / "a.bin")
    storage.write_bytes(url, b"content")
    assert storage.read_bytes(url) == b"content"
    assert storage.list_names(str(tmp_path / "new" / "folder")) == ["a.bin"]
    assert Path(url).stat().st_mode & 0o777 == 0o644, "others may read it"


class Interrupted(BaseException):
    """What stops a run in the middle."""


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, Interrupted])
def test_an_error_in_the_middle_leaves_nothing_new(tmp_path: Path, error: type[BaseException]) -> None:
    url = str(tmp_path / "a.bin")
    with pytest.raises(error), storage.write_whole(url) as stream:
        stream.write(b"half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    url = str(tmp_path / "a.bin")
    storage.write_bytes(url, b"old")
    with pytest.raises(ValueError), storage.write_whole(url) as stream:
        stream.write(b"new, but")
        raise ValueError
    assert storage.read_bytes(url) == b"old"
    assert storage.list_names(str(tmp_path)) == ["a.bin"]


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    url = str(tmp_path / "a.bin")
    storage.write_bytes(url, b"old")
    with storage.write_whole(url) as stream:
        stream.write(b"new")
        stream.flush()
        assert storage.read_bytes(url) == b"old"
    assert storage.read_bytes(url) == b"new"


def test_a_file_can_be_named_at_its_end(tmp_path: Path) -> None:
    names: list[str] = []
    for url in (str(tmp_path / "new"), "memory://named"):
        names.clear()
        with storage.write_whole(url, lambda: names[0]) as stream:
            stream.write(b"content")
            names.append("a.bin")
        assert storage.list_names(url) == ["a.bin"]
        assert storage.read_bytes(f"{url}/a.bin") == b"content"


WRITE = "import sys; from shards.storage import write_bytes; write_bytes(sys.argv[1], bytes(300_000))"
LIMITED = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
LIMITED += "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "


def test_a_write_that_the_system_stops_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED + WRITE, str(tmp_path / "a.bin")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "OSError: [Errno 27] File too large" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    script = (
        'mount -t tmpfs -o size=128k none "$1" || exit 99\n'
        f'"$2" -c \'{WRITE}\' "$1/a.bin"; echo "exit $?"; ls -A "$1"\n'
    )
    private = [shutil.which("unshare") or "unshare", "-rm", "sh", "-c", script, "sh"]
    run = subprocess.run(
        [*private, str(tmp_path), sys.executable], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if not run.stdout:
        pytest.skip(f"mounting a small disk is not allowed here: {run.stderr.strip()}")
    assert "No space left on device" in run.stderr
    assert run.stdout == "exit 1\n", "an error, and an empty disk"


def test_a_folder_in_the_way_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        storage.write_bytes(str(tmp_path / "file" / "a.bin"), b"")


def test_names_come_sorted_and_a_missing_folder_is_empty(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        storage.write_bytes(str(tmp_path / "x" / name), b"")
    assert storage.list_names(str(tmp_path / "x")) == ["a", "b", "c"]
    assert storage.list_names(str(tmp_path / "nothing")) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.bin"):
        storage.read_bytes(str(tmp_path / "gone.bin"))


def test_hashes_do_not_depend_on_how_the_file_is_read(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40_000
    storage.write_bytes(str(tmp_path / "a"), data)
    storage.copy(str(tmp_path / "a"), str(tmp_path / "b"))
    assert storage.sha256_of(str(tmp_path / "b")) == storage.sha256_bytes(data)
    assert storage.sha256_bytes(b"abc").startswith("ba7816bf8f01cfea")


@pytest.mark.parametrize(("make", "kind"), [(os.mkfifo, "a named pipe"), (os.mkdir, "a folder")])
def test_only_a_regular_file_is_copied(make: Callable[[Path], None], kind: str, tmp_path: Path) -> None:
    make(tmp_path / "a")
    with pytest.raises(UnfitFile, match=f"expected a regular file, got {kind}"):
        storage.copy(str(tmp_path / "a"), str(tmp_path / "b"))
    assert storage.list_names(str(tmp_path)) == ["a"]


def test_slashes_are_single() -> None:
    assert storage.join("s3://bucket/root/", "a", "b.tar") == "s3://bucket/root/a/b.tar"
    assert storage.is_local("/tmp") and storage.is_local("file:///tmp") and not storage.is_local("memory://a")


def test_two_colons_in_a_name_are_a_name(tmp_path: Path) -> None:
    url = str(tmp_path / "a::b.bin")
    storage.write_bytes(url, b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["a::b.bin"]
    assert storage.exists(url) and storage.sha256_of(url) == storage.sha256_bytes(b"content")


def test_the_content_of_a_url_is_described(tmp_path: Path) -> None:
    assert storage.describe_content(str(tmp_path / "none")) == "no such folder"
    assert storage.describe_content(str(tmp_path)) == "an empty folder"
    for number in range(7):
        (tmp_path / f"{number}.tar").touch()
    assert storage.describe_content(str(tmp_path / "0.tar")) == "a file"
    assert (
        storage.describe_content(str(tmp_path))
        == "a folder with 0.tar, 1.tar, 2.tar, 3.tar, 4.tar and 2 more"
    )
