from __future__ import annotations

import pytest
import torch

from assets.bank.reader import Bank
from manifests.outcomes.tally import OutcomeTally
from manifests.recipe import Recipe, RecipeError, load_recipe
from natocc.machine import Device, Machine
from tasks.build import choose_transport
from tasks.build.choose_transport import choose_transfer_device
from tasks.build.plan import Plan, make_plan
from tasks.build.publish.index import describe_version, plan_libraries

SETS = [
    {"name": "hand", "kind": "hand"},
    {"name": "hand_sot", "kind": "hand", "colour_transfer": 1.0},
]


def recipe(method: str = "sot", strength: float = 1.0) -> Recipe:
    sets = [SETS[0], SETS[1] | {"colour_transfer": strength}]
    return load_recipe("sample", sets=sets, transfer_method=method)


@pytest.fixture()
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU, as far as plans know."""
    monkeypatch.setattr(choose_transport, "choose_device", lambda device: "cuda")


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(("device", "chosen"), [("auto", "cuda"), ("cuda", "cuda"), ("cpu", None)])
def test_a_gpu_moves_the_colours_of_sot_unless_the_cpu_is_asked_for(
    device: Device, chosen: str | None
) -> None:
    assert choose_transfer_device(recipe(), Machine(device=device)) == chosen
    assert choose_transfer_device(recipe("table"), Machine(device=device)) is None
    assert choose_transfer_device(recipe(strength=0.0), Machine(device=device)) is None


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU")
def test_without_a_gpu_numpy_moves_them_and_cuda_is_an_error(bank_url: str) -> None:
    assert choose_transfer_device(recipe(), Machine()) is None
    with pytest.raises(
        RecipeError, match="sample > transfer_method: --device: expected a GPU for cuda, found"
    ):
        make_plan(recipe(), Bank(bank_url), {}, machine=Machine(device="cuda"))


def test_without_torch_numpy_moves_them_and_cuda_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (choose_transport, "models.optional_packages"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.find_spec", lambda _: None)
    assert choose_transfer_device(recipe(), Machine()) is None
    with pytest.raises(ValueError, match="sot on cuda: expected the packages of the extra networks, torch"):
        choose_transfer_device(recipe(), Machine(device="cuda"))


@pytest.mark.usefixtures("gpu")
def test_plans_and_keys_tell_numpy_and_torch_apart(bank_url: str) -> None:
    def made(device: Device) -> Plan:
        return make_plan(recipe(), Bank(bank_url), {}, limit=2, machine=Machine(device=device))

    cpu, cuda = made("cpu"), made("cuda")
    assert [shard.transfer_device for shard in cuda.shards] == [None, "cuda"]
    changed = [one.cache_key != two.cache_key for one, two in zip(cpu.shards, cuda.shards, strict=True)]
    assert changed == [False, True], "hands without transfer stay as they are"
    assert (cpu.version != cuda.version) and (cpu.code != cuda.code)
    assert "torch" in plan_libraries(cuda) and "torch" not in plan_libraries(cpu)
    backends = [
        describe_version(plan, (), OutcomeTally()).backends["colour_transfer"] for plan in (cpu, cuda)
    ]
    assert backends == ["sot", "sot-torch-cuda"]
