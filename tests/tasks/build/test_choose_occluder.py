from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from scipy import stats

from assets.bank.reader import Bank, Entry
from tasks.build.choose_occluder import OccluderChoice

SAMPLES = 4000


@pytest.fixture(scope="module")
def face(bank_url: str) -> Entry:
    return Bank(bank_url).entries("face")[0]


def pool_of(face: Entry, count: int, categories: int = 1) -> tuple[Entry, ...]:
    """Entries of other photographs, in categories of equal size."""
    return tuple(
        replace(face, id=f"item-{number}", photo=f"photo-{number}", category=f"c{number % categories}")
        for number in range(count)
    )


def chosen(face: Entry, pool: Sequence[Entry], kind: str = "object", **changes: object) -> list[str]:
    """The occluder of each of many samples; "" for none."""
    choice = OccluderChoice(kind, pool, **({"seed": 2, "stream": "a"} | changes))  # type: ignore[arg-type]
    found = (choice.choose(face, repeat) for repeat in range(SAMPLES))
    return [occluder.id if occluder else "" for occluder in found]


def test_every_occluder_is_as_likely(face: Entry) -> None:
    counts = Counter(chosen(face, pool_of(face, 200)))
    assert len(counts) == 200 and stats.chisquare(list(counts.values())).pvalue > 0.01


@pytest.mark.parametrize("gone", [0, 57, 199])
def test_without_one_of_two_hundred_its_own_samples_move_and_no_others(face: Entry, gone: int) -> None:
    pool = pool_of(face, 200)
    before, after = chosen(face, pool), chosen(face, (*pool[:gone], *pool[gone + 1 :]))
    moved = {one for one, two in zip(before, after, strict=True) if one != two}
    assert moved == {f"item-{gone}"}
    assert before.count(f"item-{gone}") < 3 * SAMPLES / 200


def test_the_order_of_the_pool_does_not_matter(face: Entry) -> None:
    pool = pool_of(face, 20, categories=4)
    for kind in ("object", "randocc"):
        assert chosen(face, pool, kind) == chosen(face, pool[::-1], kind)


def test_seeds_streams_and_samples_choose_independently(face: Entry) -> None:
    pool = pool_of(face, 20)
    first = chosen(face, pool)
    for changes in ({"seed": 3}, {"stream": "b"}):
        other = chosen(face, pool, **changes)
        assert abs(sum(one == two for one, two in zip(first, other, strict=True)) - SAMPLES / 20) < 60


def test_textures_are_chosen_by_category_and_cut_outs_one_by_one(face: Entry) -> None:
    pool = [
        replace(entry, category="banded" if n < 9 else "dotted") for n, entry in enumerate(pool_of(face, 10))
    ]
    assert abs(chosen(face, pool, "randocc").count("item-9") - SAMPLES / 2) < 150
    assert abs(chosen(face, pool, "object").count("item-9") - SAMPLES / 10) < 100


def test_a_category_that_goes_moves_its_own_samples(face: Entry) -> None:
    pool = pool_of(face, 20, categories=4)
    before = chosen(face, pool, "randocc")
    after = chosen(face, [entry for entry in pool if entry.category != "c1"], "randocc")
    gone = {entry.id for entry in pool if entry.category == "c1"}
    assert {one for one, two in zip(before, after, strict=True) if one != two} == gone


def test_an_occluder_of_the_face_s_own_photograph_is_never_chosen(face: Entry) -> None:
    pool = pool_of(face, 5)
    own = (replace(pool[0], photo=face.photo), *pool[1:])
    for kind in ("object", "randocc"):
        assert set(chosen(face, own, kind)) == {entry.id for entry in pool[1:]}
        assert set(chosen(face, own[:1], kind)) == {""}
    assert set(chosen(face, (), "none")) == {""}
