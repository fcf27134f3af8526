"""What an engineer meets with a disk, a clock and files that fail: each fault is one clear line, and the next
run gives the same bytes. Run by ``make drills``, which prints the table of faults.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from assets.bank.reader import Bank
from shards import storage
from tests.drills.test_interrupted import COMMAND
from tests.drills.test_killed_builds import contents

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

FAULT = "fault"


@pytest.fixture()
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "drill.yaml"
    sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
    fields = {"name": "drill", "description": "Short.", "repeats": 8, "size": 128, "samples_per_shard": 4}
    path.write_text(yaml.safe_dump(fields | {"sets": sets}))
    return str(path)


def run(*arguments: str, limits: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=300, preexec_fn=limits
    )


def build(
    recipe: str, bank: str, out: Path, **options: Callable[[], None]
) -> subprocess.CompletedProcess[str]:
    return run("build", recipe, "--bank", bank, "--out", str(out), "--workers", "1", **options)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> str:
    """The message of a run that ended in words, which name each of ``words``."""
    message = done.stderr
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in message, message
    assert all(word in message for word in words), message
    return message.strip().splitlines()[0]


def version_of(out: Path) -> Path:
    (version,) = [path for path in (out / "drill").iterdir() if path.is_dir()]
    return version


@pytest.fixture()
def built(recipe: str, bank_url: str, tmp_path: Path) -> Path:
    out = tmp_path / "calm"
    done = build(recipe, bank_url, out)
    assert done.returncode == 0, done.stderr
    return out


@contextmanager
def small_disk(place: Path, options: str) -> Iterator[None]:
    """A file system of its own at ``place``."""
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine allows no mounts")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a disk needs root")


@needs_root
def test_a_disk_that_is_full_at_any_write(recipe: str, bank_url: str, built: Path, tmp_path: Path) -> None:
    whole = contents(version_of(built))
    needed = sum(len(data) for data in whole.values())
    disk, stages = tmp_path / "disk", 12
    for number in range(stages):
        # From nothing at all to all but the last of the files.
        size = 4096 + needed * number // stages
        with small_disk(disk, f"size={size}"):
            message = refused(build(recipe, bank_url, disk), "No space left on device")
            assert not list(disk.rglob(".partial-*")), message
            assert not list(disk.glob("drill/*/dataset.json"))
            subprocess.run(["mount", "-o", f"remount,size={4 * needed}", str(disk)], check=True)
            again = build(recipe, bank_url, disk)
            assert again.returncode == 0, again.stderr
            assert contents(version_of(disk)) == whole
    print(f"{FAULT}: disk full after 0 to {needed // 1024} KiB, {stages} times: {message}")


@needs_root
def test_a_destination_that_is_read_only(recipe: str, bank_url: str, built: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "size=64m,ro"):
        print(f"{FAULT}: read-only destination: {refused(build(recipe, bank_url, disk), str(disk))}")
    # A published version there is read.
    with small_disk(disk, "size=64m"):
        shutil.copytree(built / "drill", disk / "drill")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        refused(build(recipe, bank_url, disk), str(disk))
        assert run("verify", str(version_of(disk))).returncode == 0


def test_too_few_file_descriptors(recipe: str, bank_url: str, built: Path, tmp_path: Path) -> None:
    whole, ends = contents(version_of(built)), []
    for number in (8, 12, 16, 24, 32, 48):
        out = tmp_path / f"{number}"

        def limits(number: int = number) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))

        done = build(recipe, bank_url, out, limits=limits)
        if done.returncode != 0:
            ends.append(f"{number}: {done.stderr.strip().splitlines()[-1]}")
            assert "Traceback" not in done.stderr or number < 12, done.stderr
        again = build(recipe, bank_url, out)
        assert again.returncode == 0, again.stderr
        assert contents(version_of(out)) == whole
    print(f"{FAULT}: too few file descriptors: {ends}")


def test_a_clock_that_was_set_back(recipe: str, bank_url: str, built: Path, tmp_path: Path) -> None:
    """Files of tomorrow and of 1970, as a clock leaves them that goes wrong."""
    whole = contents(version_of(built))
    for moment in (time.time() + 400 * 86400, 1.0):
        out = tmp_path / f"{moment}"
        shutil.copytree(built, out)
        # An interrupted run of this version, and an abandoned one of another.
        version = version_of(out)
        (version / "dataset.json").unlink()
        shutil.copytree(version, out / "drill" / ".building-0123456789ab")
        for path in out.rglob("*"):
            os.utime(path, (moment, moment))
        again = build(recipe, bank_url, out)
        assert again.returncode == 0, again.stderr
        assert contents(version_of_all(out)[-1]) == whole
    print(f"{FAULT}: clock set back or ahead: built, same bytes")


def version_of_all(out: Path) -> list[Path]:
    return sorted(
        path for path in (out / "drill").iterdir() if not path.name.startswith(".") and path.is_dir()
    )


@pytest.mark.parametrize("name", ["dataset.json", "latest.json", "manifest.parquet", "shard"])
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped"])
def test_a_damaged_file_of_a_version(name: str, damage: str, recipe: str, bank_url: str, built: Path) -> None:
    version = version_of(built)
    whole = contents(version)
    shard = sorted(version.glob("*.tar"))[0]
    path = {"latest.json": built / "drill/latest.json", "shard": shard}.get(name, version / name)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        middle = len(data) // 2
        path.write_bytes(
            data[:middle]
            if damage == "cut"
            else data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        )
    place = built / "drill" if name == "latest.json" else version
    print(f"{FAULT}: {name} {damage}: {refused(run('verify', str(place)), '')}")
    again = (
        build(recipe, bank_url, built)
        if damage != "flipped" or name != "shard"
        else run("build", recipe, "--bank", bank_url, "--out", str(built), "--workers", "1", "--deep")
    )
    assert again.returncode == 0, again.stderr
    assert contents(version_of(built)) == whole
    assert path.read_bytes() == data


def test_a_flipped_bit_in_a_shard_names_the_sample(built: Path) -> None:
    version = version_of(built)
    shard = sorted(version.glob("*.tar"))[0]
    with tarfile.open(shard) as tar:
        member = next(info for info in tar if info.name.endswith(".mask.png"))
    data = bytearray(shard.read_bytes())
    data[member.offset_data + member.size // 2] ^= 1
    shard.write_bytes(data)
    done = run("verify", str(version))
    assert member.name.partition(".")[0] in done.stdout + done.stderr
    print(f"{FAULT}: flipped bit in a shard: {refused(done, '')}")


def test_a_manifest_of_a_later_release(built: Path) -> None:
    version = version_of(built)
    path = version / "dataset.json"
    fields = json.loads(path.read_text()) | {"format": "natocc-dataset/99", "written_by": "natocc 9.8.7"}
    del fields["sha256"]
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    path.write_text(json.dumps(fields | {"sha256": hashlib.sha256(canonical).hexdigest()}, indent=1))
    message = refused(run("verify", str(version)), "natocc 9.8.7")
    print(f"{FAULT}: a newer schema: {message}")


@pytest.mark.parametrize("kind", ["above", "absolute", "symbolic link", "hard link", "device", "folder"])
def test_hostile_members_of_a_shard(kind: str, built: Path, tmp_path: Path) -> None:
    """A reader never writes or follows what a tar names; the shard's hash is not that of the index anyway."""
    version = version_of(built)
    shard = sorted(version.glob("*.tar"))[0]
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    info = tarfile.TarInfo({"above": "../../victim", "absolute": str(victim)}.get(kind, "x-000.jpg"))
    types = {
        "symbolic link": tarfile.SYMTYPE,
        "hard link": tarfile.LNKTYPE,
        "device": tarfile.CHRTYPE,
        "folder": tarfile.DIRTYPE,
    }
    info.type = types.get(kind, tarfile.REGTYPE)
    info.linkname = str(victim) if "link" in kind else ""
    body = b"changed" if info.type == tarfile.REGTYPE else b""
    info.size = len(body)
    with tarfile.open(shard, "a") as tar:
        tar.addfile(info, io.BytesIO(body))
    for command in (("verify", str(version)), ("preview", str(version), "--out", str(tmp_path / "x.jpg"))):
        done = run(*command)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode != 0 or command[0] == "preview"
    print(f"{FAULT}: a tar member, {kind}: {refused(run('verify', str(version)), shard.name)}")
    assert victim.read_text() == "untouched"


def test_a_flipped_bit_in_the_bank(recipe: str, bank_url: str, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(bank_url, bank)
    entry = Bank(str(bank)).entries("hand")[0]
    path = bank / entry.shard
    data = bytearray(path.read_bytes())
    member = next(iter(entry.members.values()))
    data[member.offset + member.size // 2] ^= 1
    path.write_bytes(data)
    message = refused(build(recipe, str(bank), tmp_path / "out"), entry.id)
    assert storage.list_names(str(tmp_path / "out/drill")) is not None
    assert not version_of_all(tmp_path / "out")
    found = run("verify", str(bank))
    assert entry.id in found.stdout + found.stderr
    print(f"{FAULT}: flipped bit in the bank: {message}")
