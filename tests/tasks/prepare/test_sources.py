from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assets.datasets.realocc import REALOCC
from tasks.prepare.fingerprints import describe_input
from tasks.prepare.options import PrepareOptions
from tasks.prepare.sources import InputSource, find_sources
from tasks.prepare.upscaling.choose import Upscaler
from tests.raw_trees import whole_tree

LANCZOS = Upscaler(name="lanczos")
NETWORK = Upscaler(name="mine", network="rrdbnet", sha256="a" * 64, device="cpu", precision="float32")


def streams(raw: Path, *, policy: str = "voo", upscaler: Upscaler = LANCZOS) -> dict[str, InputSource]:
    return {one.name: one for one in find_sources(raw, [], PrepareOptions(policy=policy), upscaler)}


def test_every_argument_that_a_function_is_given_is_in_its_key(tmp_path: Path) -> None:
    whole_tree(tmp_path)

    def keys(found: dict[str, InputSource]) -> dict[str, object]:
        return {name: describe_input(one.cache_fields, tmp_path) for name, one in found.items()}

    voo = keys(streams(tmp_path))
    assert set(voo) == {"face", "object", "hand", "texture", "realocc"}
    assert {name for name, key in keys(streams(tmp_path, policy="faceocc")).items() if key != voo[name]} == {
        "face"
    }
    assert {name for name, key in keys(streams(tmp_path, upscaler=NETWORK)).items() if key != voo[name]} == {
        "object"
    }
    other = replace(streams(tmp_path)["realocc"], arguments={"source": replace(REALOCC, side=7)})
    assert describe_input(other.cache_fields, tmp_path) != voo["realocc"]


def test_where_a_file_of_weights_lies_decides_nothing(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    here, there = (
        streams(tmp_path, upscaler=replace(NETWORK, path=Path(folder) / "w"))["object"]
        for folder in ("/here", "/there")
    )
    assert here.cache_fields == there.cache_fields


def test_a_network_takes_part_in_objects_alone(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    assert not any(one.network for one in streams(tmp_path).values())
    assert [name for name, one in streams(tmp_path, upscaler=NETWORK).items() if one.network] == ["object"]
