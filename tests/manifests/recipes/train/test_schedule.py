"""The schedules that come along, and what is said about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from manifests.recipes.train.schedule import ScheduleError, known_schedules, load_schedule


def test_the_package_has_five_and_each_bears_its_name() -> None:
    assert known_schedules() == ["faceocc", "small", "study", "voo", "voo-bce"]
    assert [load_schedule(name).name for name in known_schedules()] == known_schedules()
    assert {load_schedule(name).purpose for name in known_schedules()} == {"research"}


def test_voo_is_the_papers() -> None:
    voo = load_schedule("voo")
    assert (voo.size, voo.steps, voo.batch, voo.evaluate) == (512, 30_000, 8, 400)
    for architecture in ("pspnet", "deeplabv3plus"):
        sgd = voo.optimiser_for(architecture)
        assert (sgd.kind, sgd.learning_rate, sgd.momentum, sgd.weight_decay) == ("sgd", 0.01, 0.9, 5e-4)
        assert (sgd.decay, sgd.power, sgd.floor, sgd.warm_up) == ("poly", 0.9, 1e-4, 0)
    adamw = voo.optimiser_for("segformer")
    assert (adamw.kind, adamw.learning_rate, adamw.weight_decay) == ("adamw", 6e-5, 0.01)
    assert (adamw.head_factor, adamw.decay_norms, adamw.power, adamw.warm_up) == (10, False, 1, 1500)
    assert (voo.loss.kind, voo.loss.hard_below, voo.loss.min_kept) == ("softmax", 0.7, 10_000)
    twin = load_schedule("voo-bce")
    assert twin.loss == voo.loss.model_copy(update={"kind": "binary"})
    same = voo.model_copy(update={"name": twin.name, "description": twin.description, "loss": twin.loss})
    assert same == twin


def test_an_epoch_is_a_pass_over_the_pictures() -> None:
    faceocc = load_schedule("faceocc")
    assert faceocc.steps_for(33) == 30 * 3 and faceocc.steps_for(33, batch=11) == 30 * 3
    assert faceocc.steps_of_epoch(32) == 2
    assert load_schedule("small", steps=7).steps_for(1000) == 7


def test_all_problems_are_told_each_with_its_path(tmp_path: Path) -> None:
    text = (
        "name: mine\ndescription: x\nsize: 8\nbatch: 4\nevaluate: 10\naugmentation: small\nlos: 1\n"
        "loss: {kind: softmax, hard_below: 0.7}\n"
        "optimiser: {kind: sgd, learning_rate: 0.01, floor: 0.1, momentun: 0.8}\n"
    )
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ScheduleError) as caught:
        load_schedule(str(file))
    assert caught.value.problems == [
        "schedule > mine > size: Input should be greater than or equal to 16 (got 8)",
        "schedule > mine > loss: expected hard_below and min_kept together, got one of them",
        "schedule > mine > optimiser > momentun: expected a field of docs/training.md, such as momentum, got "
        "another (got 0.8)",
        "schedule > mine > los: expected a field of docs/training.md, such as loss, got another (got 1)",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"epochs": 2}, "expected steps or epochs, got both"),
        ({"steps": None}, None),
        ({"purpose": "profit"}, "Input should be 'research' or 'commercial'"),
    ],
)
def test_a_length_is_steps_or_epochs(changes: dict[str, object], problem: str | None) -> None:
    if problem is None:
        assert load_schedule("small", **changes) == load_schedule("small")
        return
    with pytest.raises(ScheduleError, match=problem):
        load_schedule("small", **changes)


def test_an_unknown_schedule_lists_the_known_ones() -> None:
    with pytest.raises(
        ScheduleError, match="schedule: expected one of faceocc, small, study, voo, voo-bce or a YAML"
    ):
        load_schedule("vo")
