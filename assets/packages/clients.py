"""Fetch package archives with the ordinary clients pip, npm and apt. Fetched code is never run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from assets.packages.package import Ecosystem, Package

TIMEOUT_SECONDS = 600
_NO_BUILD = Path(__file__).parent / "no_build"


class FetchError(RuntimeError):
    """Packages cannot be fetched. Each of ``problems`` is a line: package, client, what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def missing_client(ecosystem: Ecosystem) -> str | None:
    """The name of the client that is missing for packages of this kind; None if it is installed."""
    needed = {"npm": ("npm",), "debian": ("apt-get", "dpkg-deb")}.get(ecosystem, ())
    return next((client for client in needed if shutil.which(client) is None), None)


def fetch_archive(package: Package, folder: Path) -> Path:
    """Fetch the package's archive into the empty folder and return its path.

    Raises FetchError if the client is missing, fails, times out or leaves no archive.
    """
    client = missing_client(package.ecosystem)
    if client:
        raise FetchError(f"{package}: expected the client {client} on the PATH, found none; install it")
    fetchers: dict[Ecosystem, Callable[[Package, Path], None]] = {
        "pypi-wheel": _wheel,
        "pypi-sdist": _sdist,
        "npm": _npm,
        "debian": _debian,
    }
    fetchers[package.ecosystem](package, folder)
    archives = sorted(path for path in folder.iterdir() if path.suffix in {".whl", ".gz", ".tgz", ".deb"})
    if len(archives) != 1:
        raise FetchError(
            f"{package}: expected one archive from the client, got {[path.name for path in archives]}; "
            "check the client's settings and run again"
        )
    return archives[0]


def _run(package: Package, command: list[str], folder: Path, **environment: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 -- fixed programs, arguments from the committed catalogue
            command,
            cwd=folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            # A terminal's Ctrl-C reaches this process alone, which then ends the client.
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(
            f"{package}: `{' '.join(command)}` did not end within {TIMEOUT_SECONDS} s; "
            "check the network and run again"
        ) from error
    if done.returncode:
        output = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in output if "err" in line.lower()] or output or ["nothing"]
        raise FetchError(
            f"{package}: `{' '.join(command)}` ended with {done.returncode} and said: {errors[-1]}; "
            "check the network and the client's registry settings, then run again (what was fetched is kept)"
        )


def _pip(package: Package, folder: Path, *options: str, **environment: str) -> None:
    requirement = f"{package.name}=={package.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    _run(
        package,
        [*command, "--disable-pip-version-check", *options, "--dest", ".", requirement],
        folder,
        **environment,
    )


def _wheel(package: Package, folder: Path) -> None:
    _pip(package, folder, "--only-binary=:all:")


def _sdist(package: Package, folder: Path) -> None:
    backend = folder / "backend"
    shutil.copytree(_NO_BUILD, backend / "setuptools", ignore=shutil.ignore_patterns("__pycache__"))
    _pip(
        package,
        folder,
        "--no-binary=:all:",
        "--use-pep517",
        "--no-build-isolation",
        PYTHONPATH=str(backend),
        SETUPTOOLS_USE_DISTUTILS="stdlib",
    )


def _npm(package: Package, folder: Path) -> None:
    _run(
        package, ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"], folder
    )


def _debian(package: Package, folder: Path) -> None:
    # A release carries one version of a package and drops older ones. The files inside seldom change, and
    # each is verified by its hash.
    try:
        _run(package, ["apt-get", "download", "--quiet", f"{package.name}={package.version}"], folder)
    except FetchError:
        _run(package, ["apt-get", "download", "--quiet", package.name], folder)
