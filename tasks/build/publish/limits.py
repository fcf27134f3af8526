"""A version that is fit to be published: few failures, and no empty set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from manifests.recipe import Recipe
from manifests.rows import Row
from tasks.errors import BuildStopped

# As many reasons of failures are named.
_MOST_REASONS = 5


class NotFit(BuildStopped):
    """A finished version that is not published. ``problems`` has a line for each limit that it exceeds."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def check_limits(recipe: Recipe, rows: Sequence[Row]) -> None:
    """Raises NotFit if too many of the samples failed, or if a set has no kept sample."""
    problems = [*_failures(recipe, rows), *_empty_sets(recipe, rows)]
    if problems:
        raise NotFit(problems)


def shards_with_failures(rows: Iterable[Row]) -> frozenset[str]:
    """The files of the shards in which a sample failed."""
    return frozenset(row.shard for row in rows if row.verdict == "failed")


def _failures(recipe: Recipe, rows: Sequence[Row]) -> Iterator[str]:
    failed = [row for row in rows if row.verdict == "failed"]
    if len(failed) > recipe.max_failed * len(rows):
        yield (
            f"recipe > {recipe.name} > max_failed: expected at most {recipe.max_failed:.4g} of "
            f"{len(rows)} samples to fail, got {len(failed)} ({_reasons(failed)}; the first "
            f"{failed[0].key}); nothing was published; fix the inputs or give --max-failed, and run the same "
            "command again: it renders the shards with failures again and keeps the others"
        )


def _empty_sets(recipe: Recipe, rows: Sequence[Row]) -> Iterator[str]:
    for name in dict.fromkeys(row.set for row in rows):
        of_set = [row for row in rows if row.set == name]
        if not any(row.verdict == "kept" for row in of_set):
            yield (
                f"recipe > {recipe.name} > sets > {name}: expected kept samples, got none of "
                f"{len(of_set)} ({_reasons(of_set)}); nothing was published; change the set or its inputs, "
                "or leave the set out"
            )


def _reasons(rows: Sequence[Row]) -> str:
    """The commonest reasons with their counts, in words."""
    counts = Counter(" ".join(f"{row.verdict}: {row.reason}".split()) for row in rows).most_common()
    words = [f"{count} {reason}" for reason, count in counts[:_MOST_REASONS]]
    more = sum(count for _, count in counts[_MOST_REASONS:])
    return ", ".join(words) + (f", {more} of other reasons" if more else "")
