"""A version that is fit to be published: few failures, and no empty set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from manifests.outcomes.tally import OUTCOMES, OutcomeTally
from manifests.recipe import Recipe
from tasks.errors import BuildStopped

# As many reasons of failures are named.
_MOST_REASONS = 5


class NotFit(BuildStopped):
    """A finished version that is not published. ``problems`` has a line for each limit that it exceeds."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def check_limits(recipe: Recipe, tally: OutcomeTally) -> None:
    """Raises NotFit if too many of the samples failed, or if a set has no kept sample."""
    problems = [*_failures(recipe, tally), *_empty_sets(recipe, tally)]
    if problems:
        raise NotFit(problems)


def _failures(recipe: Recipe, tally: OutcomeTally) -> Iterator[str]:
    failed = tally.counts["failed"]
    if failed > recipe.max_failed * len(tally):
        yield (
            f"recipe > {recipe.name} > max_failed: expected at most {recipe.max_failed:.4g} of "
            f"{len(tally)} samples to fail, got {failed} ({_reasons(tally.reasons('failed'))}; the first "
            f"{tally.first_failed}); nothing was published; fix the inputs or give --max-failed, and run the "
            "same command again: it renders the shards with failures again and keeps the others"
        )


def _empty_sets(recipe: Recipe, tally: OutcomeTally) -> Iterator[str]:
    for name, counts in tally.counts_by_set.items():
        if not counts["kept"]:
            reasons = _reasons(tally.reasons(*OUTCOMES, of_set=name))
            yield (
                f"recipe > {recipe.name} > sets > {name}: expected kept samples, got none of "
                f"{sum(counts.values())} ({reasons}); nothing was published; change the set or its inputs, "
                "or leave the set out"
            )


def _reasons(found: Iterable[tuple[str, str, int]]) -> str:
    """The commonest reasons with their counts, in words."""
    texts: Counter[str] = Counter()
    for verdict, reason, count in found:
        texts[" ".join(f"{verdict}: {reason}".split())] += count
    counts = texts.most_common()
    words = [f"{count} {reason}" for reason, count in counts[:_MOST_REASONS]]
    more = sum(count for _, count in counts[_MOST_REASONS:])
    return ", ".join(words) + (f", {more} of other reasons" if more else "")
