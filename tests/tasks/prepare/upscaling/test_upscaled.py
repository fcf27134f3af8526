"""Banks whose objects a network enlarged, from tiny networks in their files' own format."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assets.bank.reader import Bank
from natocc.codecs import decode_plane, decode_rgb
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions, options_of
from tasks.prepare.report import PrepareReport
from tasks.prepare.sources import find_sources
from tasks.prepare.upscaling.choose import choose_upscaler
from tests.bank_entries import shard_file, write_index
from tests.raw_trees import add_face, add_objects, add_texture, annotation, encoded, square, write
from tests.upscalers import add_rrdbnet

pytestmark = pytest.mark.xdist_group("prepare_upscaled")

ORDER = "glean,realesrgan,lanczos"
FLAT, SLOPE = (60, 140, 210), 120


def slope(width: int = 300, height: int = 200) -> np.ndarray:
    """Brighter from left to right, by less than a level a pixel."""
    line = np.linspace(SLOPE - 60, SLOPE + 60, width)[None, :, None]
    return np.broadcast_to(np.rint(line), (height, width, 3)).astype(np.uint8)


def flat_and_sloping(raw: Path) -> None:
    """A flat square and a sloping one, each on another ground, one that is long, two of a grey photograph."""
    add_face(raw, "0")
    add_texture(raw, "pitted", "pitted_0001.jpg")
    images = [{"id": 1, "file_name": "000000000001.jpg", "height": 200, "width": 300}]
    images += [{"id": 2, "file_name": "000000000002.jpg", "height": 200, "width": 300}]
    images += [{"id": 3, "file_name": "000000000003.jpg", "height": 60, "width": 8000}]
    images += [{"id": 4, "file_name": "000000000004.jpg", "height": 200, "width": 300}]
    objects = [
        annotation(7, image=1),
        annotation(8, image=2, segmentation=square(20, 20, 260, 160)),
        annotation(9, image=3, segmentation=square(10, 10, 7980, 40)),
        annotation(10, image=4, segmentation=square(150, 90, 40, 40)),
        annotation(11, image=4, segmentation=square(40, 90, 1, 1)),
    ]
    add_objects(raw, objects, images=images)
    one = np.full((200, 300, 3), 30, np.uint8)
    one[50:130, 60:160] = FLAT
    two = np.full((200, 300, 3), (20, 200, 40), np.uint8)
    two[20:180, 20:280] = slope()[20:180, 20:280]
    long = np.full((60, 8000, 3), (200, 200, 60), np.uint8)
    long[10:50, 10:7990] = (40, 40, 90)
    for number, picture in ((1, one), (2, two), (3, long), (4, slope()[..., 0])):
        write(raw / f"COCO/sample/{number:012d}.jpg", encoded(picture, quality=98, subsampling=0))


def make(raw: Path, bank: Path, weights: Path, upscaler: str = ORDER, workers: int = 1) -> PrepareReport:
    options = PrepareOptions(objects="all", upscaler=upscaler, weights=str(weights))
    return prepare(raw, str(bank), options, workers=workers)


def objects_of(bank: Path) -> dict[int, dict[str, bytes]]:
    found = Bank(str(bank))
    return {int(entry.id): found.read(entry) for entry in found.entries("object")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PrepareReport]:
    """A folder with ``raw``, ``weights`` and ``bank``."""
    folder = tmp_path_factory.mktemp("upscaled")
    flat_and_sloping(folder / "raw")
    add_rrdbnet(folder / "weights")
    return folder, make(folder / "raw", folder / "bank", folder / "weights")


def test_objects_are_enlarged_by_the_network_and_say_so(made: tuple[Path, PrepareReport]) -> None:
    folder, report = made
    sha256 = sha256_bytes((folder / "weights/realesrgan.safetensors").read_bytes())
    found = {number: json.loads(members["json"]) for number, members in objects_of(folder / "bank").items()}
    recorded = {
        number: {name: metadata.get(name) for name in ("upscaler", "weights", "tiles", "instead_of")}
        for number, metadata in found.items()
    }
    by_network = {"upscaler": "realesrgan", "weights": sha256[:12], "instead_of": None}
    by_lanczos = {"upscaler": "lanczos", "weights": None, "tiles": None, "instead_of": "realesrgan"}
    assert recorded == {
        7: {**by_network, "tiles": 1},
        8: {**by_network, "tiles": 2},
        9: by_lanczos,
        10: {**by_network, "tiles": 1},
    }
    # The one of a single pixel is passed over: its area is measured, not taken from the file.
    assert report.upscaled == {"lanczos": 1, "realesrgan": 3} and report.refused == 0
    assert Bank(str(folder / "bank")).index["upscaling"] == {
        "order": ["glean", "realesrgan", "lanczos"],
        "passed_over": {"glean": "no weights"},
        "factor": 4,
        "network": "rrdbnet",
        "weights_sha256": sha256,
        "device": "cpu",
        "precision": "float32",
        "licence": "not stated",
        "objects": {"lanczos": 1, "realesrgan": 3},
    }
    assert Bank(str(folder / "bank")).index["upscaler"] == "realesrgan"


def test_flat_and_sloping_objects_stay_so(made: tuple[Path, PrepareReport]) -> None:
    members = objects_of(made[0] / "bank")
    rgb, alpha = decode_rgb(members[7]["jpg"]), decode_plane(members[7]["alpha.png"])
    # Next to the edge the photograph's own JPEG mixes grounds.
    assert (alpha[40:-40, 40:-40] == 255).all()
    assert np.abs(rgb[40:-40, 40:-40].astype(int) - FLAT).max() <= 1
    rgb, alpha = decode_rgb(members[8]["jpg"]).astype(int), decode_plane(members[8]["alpha.png"])
    inner = rgb[60:-60, 60:-60]
    assert (alpha[60:-60, 60:-60] == 255).all()
    assert np.abs(inner - inner.mean(0, keepdims=True)).max() <= 1
    # 0.4 levels a pixel, a tenth of that enlarged; JPEG adds a level.
    line = inner.mean((0, 2))
    assert (
        np.abs(line - np.polyval(np.polyfit(np.arange(len(line)), line, 1), np.arange(len(line)))).max() <= 1
    )


def contents(bank: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(bank.iterdir()) if path.is_file()}


def test_bytes_depend_on_no_number_of_workers_and_no_chunk(
    made: tuple[Path, PrepareReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.prepare.sources.ALONE", 3)
    make(made[0] / "raw", tmp_path, made[0] / "weights", workers=2)
    assert contents(tmp_path) == contents(made[0] / "bank")


def test_another_upscaler_or_other_weights_make_objects_anew_and_nothing_else(
    made: tuple[Path, PrepareReport], tmp_path: Path
) -> None:
    raw, bank = made[0] / "raw", tmp_path / "bank"
    shutil.copytree(made[0] / "bank", bank)
    again = prepare(raw, str(bank), options_of(str(bank)), workers=1)
    assert (again.shards_made, again.shards_kept) == (0, 3), "the same, asked for by its name alone"
    assert again.upscaled == made[1].upscaled
    before = contents(bank)
    add_rrdbnet(tmp_path / "others", gain=1.01)
    for weights, upscaler in ((tmp_path / "others", "realesrgan"), (tmp_path / "others", "lanczos")):
        report = make(raw, bank, weights, upscaler)
        assert (report.shards_made, report.shards_kept) == (1, 2)
        after = contents(bank)
        changed = {name for name in after if after[name] != before.get(name)}
        assert changed == {shard_file(bank, "object-000000").name, "entries.parquet", "bank.json"}
        before = after
    assert Bank(str(bank)).index["upscaler"] == "lanczos"
    assert report.upscaled == {"lanczos": 4}


def test_a_bank_is_made_again_as_it_was_even_if_its_network_is_gone(
    made: tuple[Path, PrepareReport], tmp_path: Path
) -> None:
    """What an order would fall back to is not what the bank's objects were made with."""
    shutil.copytree(made[0] / "bank", tmp_path / "bank")
    options = Bank(str(tmp_path / "bank")).index["options"] | {"weights": str(tmp_path)}
    write_index(tmp_path / "bank", options=options)
    options = options_of(str(tmp_path / "bank"))
    assert (options.upscaler, options.device) == ("realesrgan", "cpu")
    with pytest.raises(FileNotFoundError, match=r"^realesrgan: expected its weights in"):
        prepare(made[0] / "raw", str(tmp_path / "bank"), options, workers=1)


def test_weights_that_cannot_be_used_stop_it_and_broken_ones_before_anything_is_written(
    made: tuple[Path, PrepareReport], tmp_path: Path
) -> None:
    shutil.copytree(made[0] / "bank", tmp_path / "bank")
    before = contents(tmp_path / "bank")
    path = add_rrdbnet(tmp_path / "weights")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"realesrgan.safetensors: expected a whole file of safetensors"):
        make(made[0] / "raw", tmp_path / "bank", tmp_path / "weights")
    assert contents(tmp_path / "bank") == before
    add_rrdbnet(tmp_path / "weights", gain=1e20)
    with pytest.raises(
        ValueError, match=r"^--upscaler realesrgan \(.*finite values, got NaN .* its weights$"
    ):
        make(made[0] / "raw", tmp_path / "bank", tmp_path / "weights")
    assert contents(tmp_path / "bank") == before, "what was being made takes its place when it is complete"


def test_a_call_that_was_cut_off_among_the_objects_goes_on_to_the_same_bytes(
    made: tuple[Path, PrepareReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.prepare.sources.PER_SHARD", 2)
    options = PrepareOptions(objects="all", upscaler=ORDER, weights=str(made[0] / "weights"))

    def stop(done: int, total: int | None) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(made[0] / "raw", str(tmp_path / "cut"), options, workers=1, on_progress=stop)
    names = ("face-000000", "object-000000")
    assert sorted((tmp_path / "cut").glob("*.tar")) == [shard_file(tmp_path / "cut", name) for name in names]
    report = prepare(made[0] / "raw", str(tmp_path / "cut"), options, workers=1)
    assert (report.shards_made, report.shards_kept) == (2, 2)
    assert report.upscaled == made[1].upscaled, "counted in kept shards as well"
    prepare(made[0] / "raw", str(tmp_path / "calm"), options, workers=1)
    assert contents(tmp_path / "cut") == contents(tmp_path / "calm")


def test_slow_objects_lie_in_small_shards(made: tuple[Path, PrepareReport], tmp_path: Path) -> None:
    names = []
    for order in ("lanczos", ORDER):
        choice = choose_upscaler(order, str(made[0] / "weights"), device="cpu")
        (source,) = (
            one
            for one in find_sources(made[0] / "raw", [], PrepareOptions(), choice.upscaler)
            if one.name == "object"
        )
        names.append((choice.upscaler.name, source.per_shard))
    assert names == [("lanczos", 256), ("realesrgan", 32)]
