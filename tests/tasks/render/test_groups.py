from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assets.bank.reader import Bank
from natocc.geometry import Image
from natocc.render.compose import Draft
from natocc.verdicts import Verdict, rejected
from tasks.render.groups import attempt_all
from tasks.render.inputs import ShardInputs, open_inputs
from tests.tasks.render.shards import plan_of


class Recorder:
    """A harmoniser that changes nothing, and remembers how many drafts came, and in which thread."""

    def __init__(self, batch: int, network_batch: int | None, refuse: int = -1) -> None:
        self.batch, self.network_batch, self.refuse = batch, network_batch, refuse
        self.sizes: list[int] = []
        self.threads: set[int] = set()

    def __call__(self, drafts: Sequence[Draft]) -> list[Image | Verdict]:
        first = sum(self.sizes)
        self.sizes.append(len(drafts))
        self.threads.add(threading.get_ident())
        made: list[Image | Verdict] = [draft.views.image[draft.box.slices] for draft in drafts]
        if first <= self.refuse < first + len(drafts):
            made[self.refuse - first] = rejected("refused")
        return made


def shard_of(bank_url: str, kind: str = "object", **fields: object) -> ShardInputs:
    bank = Bank(bank_url)
    plan = plan_of(bank, kind, 9, **({"repeats": 9, "harmoniser": "statistics", "profile": "paper"} | fields))
    return open_inputs(plan, bank)


@pytest.mark.parametrize(("batch", "sizes"), [(4, [4, 4, 1]), (9, [9]), (20, [9])])
def test_a_network_gets_groups_in_another_thread_and_samples_stay_in_order(
    bank_url: str, batch: int, sizes: list[int]
) -> None:
    recorder = Recorder(batch, batch)
    results = list(attempt_all(shard_of(bank_url), recorder))
    assert [result.row.repeat for result in results] == list(range(9))
    assert recorder.sizes == sizes and threading.get_ident() not in recorder.threads


def test_without_a_network_each_is_harmonised_by_itself(bank_url: str) -> None:
    recorder, grouped = Recorder(1, None), Recorder(4, 4)
    alone = list(attempt_all(shard_of(bank_url), recorder))
    assert recorder.sizes == [1] * 9 and recorder.threads == {threading.get_ident()}
    assert alone == list(attempt_all(shard_of(bank_url), grouped))


def test_of_larger_pictures_fewer_are_held(bank_url: str) -> None:
    recorder = Recorder(4, 4)
    shard = shard_of(bank_url)
    larger = replace(shard, plan=replace(shard.plan, size=2048, samples=shard.plan.samples[:2]))
    list(attempt_all(larger, recorder))
    assert recorder.sizes == [1, 1]


def test_a_draft_that_is_refused_ends_its_own_sample(bank_url: str) -> None:
    results = list(attempt_all(shard_of(bank_url), Recorder(4, 4, refuse=5)))
    assert [result.row.repeat for result in results if result.row.reason == "refused"] == [5]
    assert not results[5].members and results[4].members and results[6].members


def test_samples_that_are_not_harmonised_go_past_the_network(bank_url: str) -> None:
    recorder = Recorder(4, 4)
    results = list(attempt_all(shard_of(bank_url, "hand"), recorder))
    assert len(results) == 9 and set(recorder.sizes) == {0}
