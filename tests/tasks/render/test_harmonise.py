"""A network between the two halves of a sample: same bytes however it is run, and nothing silent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from assets.bank.reader import Bank
from benchmarks.render import sample_planner
from manifests.dataset import read_dataset
from manifests.recipe import RecipeError, load_recipe
from manifests.shard_plan import ShardPlan
from models.rainnet import runner as rainnet_runner
from natocc.codecs import decode_plane, decode_rgb
from natocc.machine import Machine
from shards.reader import read_shard
from tasks.build.options import BuildOptions
from tasks.build.plan import make_plan
from tasks.build.version import BuildReport, build
from tasks.errors import BuildStopped
from tasks.option_problems import OptionsError
from tasks.render import harmonise as render_harmonise
from tasks.render.groups import attempt_all
from tasks.render.harmonise import ByNetwork, open_harmoniser
from tasks.render.inputs import open_inputs
from tasks.render.replay import replay
from tasks.render.sample import attempt
from tests.tasks.networks import write_rainnet

RECIPE = """
name: networks
description: Objects by a network, hands beside them.
size: 256
repeats: 6
samples_per_shard: 6
harmoniser: {harmoniser}
lift: {lift}
sets:
  - {{name: object, kind: object}}
  - {{name: hand, kind: hand}}
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_rainnet(tmp_path_factory.mktemp("weights"))


def recipe(folder: Path, harmoniser: str = "rainnet", lift: str = "mapping") -> str:
    path = folder / "networks.yaml"
    path.write_text(RECIPE.format(harmoniser=harmoniser, lift=lift), encoding="utf-8")
    return str(path)


def options(folder: Path, bank: str, weights: str | None, **more: Any) -> BuildOptions:
    return BuildOptions(
        recipe=recipe(folder), bank=bank, out=str(folder / "out"), weights=weights, device="cpu", **more
    )


def plan_of(folder: Path, bank: str, weights: str, **more: str) -> ShardPlan:
    machine = Machine(weights=weights, device="cpu")
    return make_plan(load_recipe(recipe(folder, **more)), Bank(bank), {}, machine=machine).shards[0]


def samples(report: BuildReport, name: str) -> dict[str, dict[str, bytes]]:
    shards = [shard.file for shard in report.dataset.shards if shard.set == name]
    return {key: members for file in shards for key, members in read_shard(f"{report.url}/{file}")}


@pytest.fixture(scope="module")
def built(bank_url: str, weights: str, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return build(options(tmp_path_factory.mktemp("built"), bank_url, weights).replaced(workers=2))


def test_a_build_with_a_network_says_so_and_replays_to_the_byte(
    built: BuildReport, bank_url: str, weights: str
) -> None:
    kept = samples(built, "object")
    assert len(kept) > 2
    sha256 = hashlib.sha256((Path(weights) / "rainnet.safetensors").read_bytes()).hexdigest()
    for members in kept.values():
        facts = json.loads(members["json"])
        assert facts["backends"]["harmoniser"] == "rainnet"
        assert json.loads(facts["network"]) == {
            "name": "rainnet",
            "weights_sha256": sha256,
            "lift": "mapping",
            "side": 256,
            "device": "cpu",
            "precision": "float32",
            "licence": "that of its photographs",
        }
        assert replay(members, Bank(bank_url), weights) == members
    assert all(json.loads(members["json"])["network"] == "" for members in samples(built, "hand").values())
    assert "torch" in built.dataset.libraries
    assert {one.set: one.network_batch for one in built.dataset.shards} == {"object": 1, "hand": None}


def test_the_background_is_untouched_and_the_object_is_not(
    built: BuildReport, bank_url: str, weights: str, tmp_path: Path
) -> None:
    plan = plan_of(tmp_path, bank_url, weights)
    plain = replace(plan, harmoniser=None, network=None)
    bank = Bank(bank_url)
    planned = sample_planner(plan, bank)
    shard = open_inputs(plan, bank)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    compared = 0
    for repeat in range(6):
        with_network = attempt(shard, planned(repeat), harmonise).members
        without = attempt(replace(shard, plan=plain), planned(repeat)).members
        if not with_network:
            continue
        # A JPEG's blocks carry changes a little beyond the alpha.
        alpha = decode_plane(with_network["alpha.png"])
        far = np.ones_like(alpha, bool)
        for row, column in np.argwhere(alpha > 0):
            far[max(row - 32, 0) : row + 32, max(column - 32, 0) : column + 32] = False
        one, other = decode_rgb(with_network["jpg"]), decode_rgb(without["jpg"])
        assert np.array_equal(one[far], other[far])
        assert np.abs(one[alpha > 250].astype(int) - other[alpha > 250]).mean() > 2
        for name in ("mask.png", "alpha.png", "clean.jpg"):
            assert with_network[name] == without[name]
        compared += 1
    assert compared > 2


def test_groups_give_the_bytes_of_one_by_one(bank_url: str, weights: str, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, bank_url, weights)
    bank = Bank(bank_url)
    shard = open_inputs(plan, bank)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    assert isinstance(harmonise, ByNetwork) and len(plan.samples) > harmonise.batch > 1
    grouped = list(attempt_all(shard, harmonise))
    alone = [attempt(shard, sample, harmonise) for sample in plan.samples]
    assert [result.row.key for result in grouped] == [result.row.key for result in alone]
    assert grouped == alone


def test_the_lift_is_the_recipes(bank_url: str, weights: str, tmp_path: Path) -> None:
    made = []
    for lift in ("mapping", "residual"):
        plan = plan_of(tmp_path, bank_url, weights, lift=lift)
        bank = Bank(bank_url)
        harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
        shard, planned = open_inputs(plan, bank), sample_planner(plan, bank)
        made.append([attempt(shard, planned(repeat), harmonise).members for repeat in range(4)])
    assert any(one and one["jpg"] != other["jpg"] for one, other in zip(*made, strict=True))


def test_other_weights_make_the_objects_anew_and_nothing_else(
    bank_url: str, weights: str, tmp_path: Path
) -> None:
    other = write_rainnet(tmp_path / "other", seed=1)
    machines = [Machine(weights=folder, device="cpu") for folder in (weights, other)]
    made = load_recipe(recipe(tmp_path))
    before, after = (make_plan(made, Bank(bank_url), {}, machine=machine).shards for machine in machines)
    changed = {one.set for one, two in zip(before, after, strict=True) if one.cache_key != two.cache_key}
    assert changed == {"object"}


def test_an_obstacle_is_an_error_before_anything_runs(bank_url: str, tmp_path: Path) -> None:
    write_rainnet(tmp_path / "weights", "mine")
    (tmp_path / "weights" / "rainnet.safetensors").write_bytes(b"<html>Sign in</html>")
    cases = {
        "nobody": r"harmoniser: expected one of statistics, rainnet, .* got 'nobody'",
        "rainnet": r"harmoniser: .*rainnet.safetensors: expected a whole file of safetensors",
    }
    for name, expected in cases.items():
        made = options(tmp_path, bank_url, str(tmp_path / "weights"))
        with pytest.raises(RecipeError, match=expected):
            build(made.replaced(workers=1, recipe=recipe(tmp_path, harmoniser=name)))
    assert not (tmp_path / "out").exists()


def test_weights_that_changed_or_went_since_the_plan_stop_the_build(
    bank_url: str, weights: str, tmp_path: Path
) -> None:
    use = plan_of(tmp_path, bank_url, weights).network
    assert use is not None
    with pytest.raises(BuildStopped, match="expected the weights that were planned with"):
        open_harmoniser("rainnet", use, write_rainnet(tmp_path / "other", seed=1))
    with pytest.raises(BuildStopped, match="rainnet: expected its weights in"):
        open_harmoniser("rainnet", use, str(tmp_path / "nowhere"))


def test_a_network_that_gives_no_numbers_stops_the_build_instead_of_failing_every_sample(
    bank_url: str, tmp_path: Path
) -> None:
    folder = write_rainnet(tmp_path / "weights", broken=True)
    with pytest.raises(BuildStopped, match="harmoniser rainnet: RainNet: expected finite colours"):
        build(options(tmp_path, bank_url, folder).replaced(workers=1))
    staged = list((tmp_path / "out").rglob("train-object-*.tar"))
    assert staged == [], "no half-written shard"


def test_a_sample_that_cannot_be_lifted_fails_alone(
    bank_url: str, weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(tmp_path, bank_url, weights)
    true, calls = render_harmonise.LIFTS["mapping"], []

    def lift(*parts: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise cv2.error("too much for it")
        return true(*parts)  # type: ignore[arg-type]

    monkeypatch.setattr(render_harmonise, "LIFTS", {"mapping": lift})
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    bank = Bank(bank_url)
    made = list(attempt_all(open_inputs(plan, bank), harmonise))
    assert [result.row.verdict for result in made].count("failed") == 1 and len(made) == len(plan.samples)
    (failed,) = (result.row for result in made if result.row.verdict == "failed")
    assert "too much for it" in failed.reason


def test_one_picture_too_many_for_the_memory_stops_the_build_in_one_line(
    bank_url: str, weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(tmp_path, bank_url, weights)

    def no_memory(*parts: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(rainnet_runner, "apply_rainnet", no_memory)
    bank = Bank(bank_url)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, weights)
    with pytest.raises(
        BuildStopped, match="rainnet: cpu: expected memory for one picture, got too little; use fewer"
    ):
        list(attempt_all(open_inputs(plan, bank), harmonise))


def test_options_of_networks_are_checked_where_none_runs(bank_url: str, tmp_path: Path) -> None:
    made = options(tmp_path, bank_url, None, harmoniser="statistics")
    with pytest.raises(OptionsError) as caught:
        made.replaced(device="nonsense", precision="float16", workers=0)
    assert caught.value.problems == [
        "workers: expected at least 1 and at most 256, got 0",
        "device: expected auto, cpu or cuda, got 'nonsense'",
        "precision: expected float32 or bfloat16, got 'float16'",
    ]
    lifted = options(tmp_path, bank_url, None, harmoniser="statistics", lift="residual")
    with pytest.raises(RecipeError, match="--lift: expected a network as harmoniser, got statistics"):
        build(lifted.replaced(workers=1))


def test_memory_that_runs_out_makes_smaller_batches_and_is_recorded(
    bank_url: str, weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(tmp_path, bank_url, weights)
    harmonise = open_harmoniser.__wrapped__(plan.harmoniser, plan.network, weights)
    assert isinstance(harmonise, ByNetwork)
    true = rainnet_runner.apply_rainnet

    def small_memory(network: object, composites: np.ndarray, mattes: np.ndarray) -> np.ndarray:
        if len(composites) > 1:
            raise torch.OutOfMemoryError
        return true(network, composites, mattes)  # type: ignore[arg-type]

    monkeypatch.setattr(rainnet_runner, "apply_rainnet", small_memory)
    harmonise._network.batch = 4  # as on a GPU
    bank = Bank(bank_url)
    made = list(attempt_all(open_inputs(plan, bank), harmonise))
    assert len(made) == len(plan.samples) and harmonise.network_batch == 1
    monkeypatch.undo()
    fresh = open_harmoniser(plan.harmoniser, plan.network, weights)
    expected = attempt_all(open_inputs(plan, bank), fresh)
    assert made == list(expected)


def test_the_version_on_disk_tells_of_the_network(built: BuildReport) -> None:
    dataset = read_dataset(built.url)
    assert dataset.networks["harmoniser"]["name"] == "rainnet"
    card = (Path(built.url) / "README.md").read_text(encoding="utf-8")
    assert "| harmoniser | rainnet |" in card and dataset.networks["harmoniser"]["weights_sha256"] in card
