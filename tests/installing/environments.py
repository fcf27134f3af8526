"""Fresh environments, and the project's files as a clone has them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def pip(self, *arguments: object) -> None:
        """Run pip under the project's constraints; its own words are shown where it fails."""
        run = self.run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)
        assert run.returncode == 0, run.stdout + run.stderr

    def run(
        self, *arguments: object, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python with nothing of the tests' own environment but the path to programs."""
        return subprocess.run(
            [str(self.python), *(str(argument) for argument in arguments)],
            cwd=folder,
            env=clean_environment() | dict(environment or {}),
            capture_output=True,
            text=True,
        )


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "NATOCC"))}


def make_environment(folder: Path, python: str) -> Environment:
    subprocess.run([python, "-m", "venv", str(folder)], check=True, env=clean_environment())
    return Environment(folder)


def copy_project(folder: Path) -> Path:
    """The files that git tracks or would, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def build_wheel(project: Path, environment: Environment, folder: Path) -> Path:
    environment.pip("wheel", "--no-deps", "--wheel-dir", folder, project)
    (wheel,) = folder.glob("natocc-*.whl")
    return wheel
