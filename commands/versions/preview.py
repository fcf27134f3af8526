"""``natocc preview``: contact sheets; two renditions side by side, and their score."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from pydantic import Field

from commands.console import say
from commands.progress import progress
from commands.register import CommandReport, command
from natocc.kinds import OCCLUDING
from tasks.build.options import recipe_problem
from tasks.inputs import (
    PICTURE_ENDINGS,
    blocked_file,
    missing_bank,
    missing_file,
    missing_version_or_bank,
    occupied_folder,
)
from tasks.options import Count, HelpWords, Names, Options, Seed, cross_check, input_check

_SHEET, _PAIRS = 24, 40
_SEED, _RECIPE = 2, "sample"


class PreviewOptions(Options):
    """What to draw and where; or the judged comparison to score."""

    url: str = Field("", description="A version, a dataset or a bank.")
    out: str = Field("", description="The .png, .jpg or .webp to write; with --compare, a new folder.")
    limit: Annotated[Count | None, HelpWords(f"{_SHEET}; with --compare {_PAIRS}")] = Field(
        None, description="How many samples; with --compare, how many pairs."
    )
    compare: Annotated[tuple[str, str] | None, HelpWords(values="RENDITION RENDITION")] = Field(
        None,
        description="Two renditions of the same samples of a bank, as blind pairs: code (the released "
        "method's pixels), paper, best, or best without a step: best-shadow.",
    )
    plain: bool = Field(False, description="With --compare: before, after and difference, not blind.")
    seed: Annotated[Seed | None, HelpWords(str(_SEED))] = Field(
        None, description="With --compare: decides the samples and the shuffling."
    )
    recipe: Annotated[str | None, HelpWords(_RECIPE)] = Field(
        None, description="With --compare: the recipe that samples come from."
    )
    kinds: Annotated[Names | None, HelpWords(", ".join(sorted(OCCLUDING)))] = Field(
        None, description="With --compare: kinds of occluder."
    )
    score: str = Field("", description="answers.json of a judged comparison; prints the tally.")
    key: str = Field("", description="With --score: the comparison's key.json.")

    @cross_check("compare", "plain", "seed", "recipe", "kinds")
    def _compare_with_its_options(self) -> str | None:
        given = {"--plain": self.plain or None, "--seed": self.seed, "--recipe": self.recipe}
        names = [name for name, value in {**given, "--kinds": self.kinds}.items() if value is not None]
        if self.compare is not None or not names:
            return None
        return f"{', '.join(names)}: expected --compare RENDITION RENDITION with it, got none"

    @cross_check("score", "key")
    def _score_with_its_key(self) -> str | None:
        if self.key and not self.score:
            return "--key: expected --score with the answers, got none"
        if self.score and not self.key:
            return "--score: expected --key with the comparison's key.json, got none"
        return None

    @cross_check("score", "url", "out", "compare")
    def _score_alone(self) -> str | None:
        if self.score and (self.url or self.out or self.compare):
            return "--score: expected --key alone with it, got a URL, --out or --compare as well"
        return None

    @cross_check("score", "key", "url", at="url")
    def _url_given(self) -> str | None:
        return None if self.score or self.key or self.url else "expected a version, dataset or bank, got none"

    @cross_check("score", "key", "out", at="out")
    def _out_given(self) -> str | None:
        return None if self.score or self.key or self.out else "expected a file or folder to write, got none"

    @cross_check("out", "compare", at="out")
    def _picture_that_can_be_written(self) -> str | None:
        if not self.out or self.compare or PurePath(self.out).suffix.lower() in PICTURE_ENDINGS:
            return None
        return f"expected a name that ends in {', '.join(PICTURE_ENDINGS)}, got {self.out!r}"

    @cross_check("compare", "kinds")
    def _known_kinds(self) -> str | None:
        unknown = ", ".join(sorted(set(self.kinds_of_occluder) - set(OCCLUDING)))
        if self.kinds_of_occluder and not unknown:
            return None
        return f"--kinds: expected some of {', '.join(OCCLUDING)}, got {unknown or 'none'}"

    @cross_check("compare", "kinds", "limit")
    def _a_pair_of_each_kind(self) -> str | None:
        kinds = len(self.kinds_of_occluder)
        if self.compare is None or self.limit is None or self.limit >= kinds:
            return None
        return f"--limit: expected at least 1 pair of each of {kinds} kinds, got {self.limit}"

    @input_check("compare")
    def _known_renditions(self) -> str | None:
        if self.compare is None:
            return None
        from tasks.compare.renditions import parse_rendition

        try:
            first, second = map(parse_rendition, self.compare)
        except ValueError as error:
            return f"--compare: {error}"
        if first == second:
            return f"--compare: expected two different renditions, got {' and '.join(self.compare)}"
        return None

    @input_check("url", "compare", at="url")
    def _url_exists(self) -> str | None:
        look = missing_version_or_bank if self.compare is None else missing_bank
        return look(self.url) if self.url else None

    @input_check("out", "compare", at="out")
    def _out_is_new(self) -> str | None:
        if not self.out:
            return None
        return occupied_folder(self.out) if self.compare else blocked_file(self.out)

    @input_check("recipe")
    def _recipe_exists(self) -> str | None:
        return recipe_problem(self.recipe) if self.recipe is not None else None

    @input_check("score")
    def _answers_exist(self) -> str | None:
        return missing_file(self.score, "the answers of a comparison") if self.score else None

    @input_check("key")
    def _key_exists(self) -> str | None:
        return missing_file(self.key, "a comparison's key.json") if self.key else None

    @property
    def kinds_of_occluder(self) -> list[str]:
        """The names in ``kinds``; all kinds if none are given."""
        return sorted(OCCLUDING) if self.kinds is None else list(self.kinds)


@command(
    model=PreviewOptions,
    positional=("url",),
    example="natocc preview data/datasets/sample --out data/sheet.png --limit 12",
)
def preview(options: PreviewOptions) -> CommandReport:
    """Occluded face, mask, alpha and clean face side by side; of a bank, its entries.

    With --compare, two ways of making the same pictures, shuffled for blind judging.
    """
    if options.score:
        return _score(options.score, options.key)
    if options.compare is None:
        from tasks.preview import preview as write_preview

        file = write_preview(options.url, options.out, options.limit or _SHEET)
        say(file)
        return CommandReport({"files": [file]})
    return _compare(
        {
            "bank": options.url,
            "out": options.out,
            "looks": options.compare,
            "count": options.limit or _PAIRS,
            "seed": _SEED if options.seed is None else options.seed,
            "recipe": options.recipe or _RECIPE,
            "kinds": options.kinds_of_occluder,
            "plain": options.plain,
        }
    )


def _compare(options: dict[str, Any]) -> CommandReport:
    from tasks.compare.pairs import CompareOptions
    from tasks.compare.pairs import compare as write_comparison

    with progress("pairs") as on_progress:
        files = write_comparison(CompareOptions(**options), on_progress=on_progress)
    say(*files)
    return CommandReport({"files": files})


def _score(answers: str, key: str) -> CommandReport:
    from tasks.compare.votes import describe_score
    from tasks.compare.votes import score as count_answers

    renditions, tallies = count_answers(answers, key)
    say(*describe_score(renditions, tallies))
    return CommandReport({"renditions": renditions, "tallies": tallies})
