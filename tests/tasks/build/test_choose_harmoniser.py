from __future__ import annotations

from pathlib import Path

import pytest

from assets.weights.files import MissingWeights
from manifests.recipe import load_recipe
from natocc.machine import Machine
from shards.storage import sha256_of
from tasks.build.choose_harmoniser import ChosenNetwork, choose_network
from tests.tasks.networks import write_rainnet
from tests.upscalers import add_rrdbnet


def choose(folder: Path, harmoniser: str | None, **machine: str) -> ChosenNetwork | None:
    recipe = load_recipe("sample").model_copy(update={"harmoniser": harmoniser, "lift": "residual"})
    return choose_network(recipe, Machine(**({"weights": str(folder), "device": "cpu"} | machine)))


def test_arithmetic_needs_no_weights(tmp_path: Path) -> None:
    assert choose(tmp_path, None) is None and choose(tmp_path, "statistics") is None


def test_a_network_is_chosen_with_all_that_decides_its_results(tmp_path: Path) -> None:
    write_rainnet(tmp_path, "mine")
    chosen = choose(tmp_path, "mine", precision="bfloat16")
    assert chosen is not None and chosen.architecture == "rainnet"
    assert (chosen.use.name, chosen.use.lift, chosen.use.side) == ("mine", "residual", 256)
    assert (chosen.use.device, chosen.use.precision) == ("cpu", "bfloat16")
    assert chosen.use.weights_sha256 == sha256_of(str(tmp_path / "mine.safetensors"))
    assert chosen.use.licence == "that of its photographs"


def test_other_names_weights_and_machines_are_refused(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    (upscaler,) = (path.stem for path in tmp_path.glob("*.safetensors"))
    with pytest.raises(ValueError, match="expected weights of a network that harmonises, got rrdbnet"):
        choose(tmp_path, upscaler)
    with pytest.raises(ValueError, match=r"expected one of statistics, rainnet, .* got 'nobody'"):
        choose(tmp_path, "nobody")
    with pytest.raises(MissingWeights, match=r"rainnet: .*; or build with --harmoniser statistics"):
        choose(tmp_path, "rainnet")
    with pytest.raises(ValueError, match="--device: expected one of auto, cpu, cuda, got 'tpu'"):
        choose(tmp_path, "statistics", device="tpu")
