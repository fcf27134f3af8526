"""A raw tree with everything that users of the released code met, its bank and versions of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image as Pillow
from typer.testing import CliRunner, Result

from commands.main import app
from manifests.dataset import MANIFEST, resolve_version
from manifests.rows import Row, decode_rows
from natocc.geometry import Image
from shards.reader import read_shard
from tasks.build.options import BuildOptions
from tasks.build.version import finish_job
from tasks.render.shard import render_shard
from tests import raw_trees as raws
from tests.jobs import start_job

SIZE = 128
TURNS = (0, 90, 180, 270)


@dataclass(frozen=True)
class Version:
    """What a build printed and wrote."""

    said: str
    url: Path

    @cached_property
    def rows(self) -> dict[str, Row]:
        return {row.key: row for row in decode_rows((self.url / MANIFEST).read_bytes())}

    @cached_property
    def samples(self) -> dict[str, dict[str, bytes]]:
        shards = sorted(self.url.glob("*.tar"))
        return {key: members for shard in shards for key, members in read_shard(str(shard))}

    def facts(self, key: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.samples[key]["json"])
        return found


def face_of(version: Version, stem: str, *, of: str = "plain") -> str:
    """The key of the sample that the set ``of`` made from a photograph, found by its file's name."""
    name = f"/{stem}.jpg"
    return next(
        key
        for key in version.samples
        if key.startswith(f"{of}-") and str(version.facts(key)["face"]["source"]).endswith(name)  # type: ignore[index]
    )


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def tinted(colour: tuple[int, int, int]) -> Image:
    """The portrait in another light, so that pictures can be told apart."""
    return (raws.portrait() * (np.array(colour) / 255)).astype(np.uint8)


def turned_by_exif(image: Image, orientation: int, transpose: Pillow.Transpose) -> bytes:
    """The picture stored lying, with the EXIF orientation that sets it upright."""
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return raws.encoded(np.asarray(Pillow.fromarray(image).transpose(transpose)), exif=exif)


def write_raw_tree(raw: Path) -> None:
    face, skin = raws.add_face, raws.disc(80, 80)
    face(raw, "0")
    face(raw, "1", b"")
    face(raw, "2", raws.encoded(raws.portrait())[:900])
    face(raw, "3", raws.portrait(480, 640), {"skin": raws.disc(240, 320)})
    face(raw, "4", raws.portrait(300, 300), {"skin": raws.disc(512, 512)})
    face(raw, "5", None, {"skin": skin * 0})
    face(raw, "6", None, {"skin": raws.encoded(skin // 255, "PNG")})
    face(raw, "a.b", tinted((255, 120, 120)))
    face(raw, "a.c", tinted((120, 120, 255)))
    lying = turned_by_exif(raws.portrait(300, 200), 6, Pillow.Transpose.ROTATE_90)
    face(raw, "lying", lying, {"skin": raws.disc(150, 100)})
    upside_down = turned_by_exif(raws.portrait(), 3, Pillow.Transpose.ROTATE_180)
    face(raw, "upside down", upside_down, {"skin": skin, "hair": raws.disc(80, 80, 0.2)})
    # By half a turn sizes do not tell on which pixels the masks were drawn.
    raws.add_sidecar(raw / raws.FACES, {"file": f"{raws.IMAGES}/upside down.jpg", "frame": "upright"})
    raws.add_objects(raw, [raws.annotation(7)])
    raws.add_texture(raw, "pitted", "pitted_0001.jpg")
    write_hands(raw)


def write_hands(raw: Path) -> None:
    """One hand stored in four orientations, and how far to turn each until its fingers hang."""
    raws.add_hand(raw, 0)
    photo, mask = (np.asarray(Pillow.open(raw / name)) for name in (
        "11k-hands/Hands/Hand_0000000.jpg",
        "11k-hands_masks/Hand_0000000.png",
    ))  # fmt: skip
    rows = []
    for number, degrees in enumerate(TURNS):
        quarters = degrees // 90
        stored = raws.encoded(np.rot90(photo, quarters), "PNG")
        raws.add_hand(raw, number, stored, np.ascontiguousarray(np.rot90(mask, quarters)))
        # Stored fingers-up and turned by ``degrees``; what is left to half a turn makes them hang.
        rows.append({"file": f"Hands/Hand_{number:07d}.jpg", "rot_deg": (180 - degrees) % 360})
    raws.add_sidecar(raw / "11k-hands", *rows)


def write_recipe(path: Path, sets: list[dict[str, object]], **fields: object) -> Path:
    common = {"name": path.stem, "description": "Small.", "size": SIZE, "parsing": True}
    path.write_text(yaml.safe_dump(common | {"harmoniser": "statistics", "sets": sets} | fields))
    return path


def build_by_command(
    folder: Path, bank: Path | str, sets: list[dict[str, object]], *, workers: int, **fields: object
) -> Version:
    """``natocc build`` with worker processes."""
    recipe = write_recipe(folder / "small.yaml", sets, **fields)
    done = run("build", recipe, "--bank", bank, "--out", folder, "--workers", workers)
    assert done.exit_code == 0, done.output
    return Version(done.stdout, Path(resolve_version(str(folder / "small"))))


def build_here(folder: Path, bank: Path | str, sets: list[dict[str, object]], **fields: object) -> Version:
    """The same in this process."""
    recipe = write_recipe(folder / "small.yaml", sets, **fields)
    job = start_job(BuildOptions(recipe=str(recipe), bank=str(bank), out=str(folder)))
    records = [render_shard(plan, job.bank, job.bank_sha256, job.staging_url) for plan in job.todo]
    return Version("", Path(finish_job(job, records, 1.0).url))


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("met") / "raw"
    write_raw_tree(folder)
    return folder


@pytest.fixture(scope="session")
def prepared(raw: Path) -> tuple[Path, Result]:
    """The tree's bank, and what the command said of it."""
    bank = raw.parent / "bank"
    return bank, run("prepare", "--raw", raw, "--bank", bank, "--workers", 1)


SETS: list[dict[str, object]] = [
    {"name": "plain", "kind": "none"},
    {"name": "randocc", "kind": "randocc", "repeats": 3},
    {"name": "object", "kind": "object"},
    {"name": "hand", "kind": "hand", "repeats": 2},
    {"name": "hand_sot", "kind": "hand", "repeats": 2, "stream": "hand", "colour_transfer": 1.0},
]


@pytest.fixture(scope="session")
def best(prepared: tuple[Path, Result], tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Every kind, by the default profile."""
    return build_here(tmp_path_factory.mktemp("best"), prepared[0], SETS)


@pytest.fixture(scope="session")
def paper(prepared: tuple[Path, Result], tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Every kind as published: seams blurred, pictures turned and sheared."""
    return build_here(tmp_path_factory.mktemp("paper"), prepared[0], SETS, profile="paper")
