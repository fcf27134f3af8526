"""What the pages are made of."""

from __future__ import annotations

from tests.tasks.benchmark.pages.made import NETWORK, material, result


def test_networks_are_those_of_runs_then_those_with_results_alone() -> None:
    with_masks = material(results=(result("", 0.9, network="masks"), result("nat", 0.9)))
    assert with_masks.networks() == (NETWORK, "masks")
    assert with_masks.arms_of(NETWORK) == ("nat",) and with_masks.arms_of("masks") == ("",)


def test_arms_are_in_the_benchmark_s_order_and_others_follow() -> None:
    taken = material(results=(result("zz", 0.9), result("erase", 0.9), result("wo", 0.9)))
    assert taken.arms_of(NETWORK) == ("wo", "erase", "zz")


def test_a_set_that_has_results_alone_is_listed_last() -> None:
    taken = material(results=(result("wo", 0.9, set="foreign"),))
    assert [one.name for one in taken.all_sets()] == ["RealOcc", "RealOcc-Wild", "COFW-507", "foreign"]
    assert taken.set_named("RealOcc-Wild").missing == "expected a folder, got none"
