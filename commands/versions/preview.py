"""``natocc preview``: contact sheets; two renditions side by side, and their score."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands.console import say
from commands.progress import progress
from commands.register import CommandReport, command
from natocc.kinds import OCCLUDING

_SHEET, _PAIRS = 24, 40
_KINDS = ",".join(sorted(OCCLUDING))


@command(example="natocc preview data/datasets/sample --out data/sheet.png --limit 12")
def preview(
    url: Annotated[str, typer.Argument(help="A version, a dataset or a bank.")] = "",
    out: Annotated[str, typer.Option(help="The .png or .jpg to write; with --compare, a new folder.")] = "",
    limit: Annotated[
        int | None, typer.Option(help=f"How many samples ({_SHEET}), or pairs with --compare ({_PAIRS}).")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            help="Two renditions of the same samples of a bank, as blind pairs: code (the released method's "
            "pixels), paper, best, or best without a step: best-shadow.",
            metavar="RENDITION RENDITION",
        ),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="With --compare: before, after and difference, not blind.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="With --compare: of the samples and the shuffling (2).")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="With --compare: the recipe that samples come from (sample).")
    ] = None,
    kinds: Annotated[
        str | None, typer.Option(help=f"With --compare: kinds of occluder, with commas ({_KINDS}).")
    ] = None,
    score: Annotated[str, typer.Option(help="answers.json of a judged comparison; prints the tally.")] = "",
    key: Annotated[str, typer.Option(help="With --score: the comparison's key.json.")] = "",
) -> CommandReport:
    """Occluded face, mask, alpha and clean face side by side; of a bank, its entries.

    With --compare, two ways of making the same pictures, shuffled for blind judging.
    """
    of_compare = {"--plain": plain or None, "--seed": seed, "--recipe": recipe, "--kinds": kinds}
    _check(url, out, compare, [name for name, value in of_compare.items() if value is not None], score, key)
    if score:
        return _score(score, key)
    if compare is None:
        from tasks.preview import preview as write_preview

        file = write_preview(url, out, _SHEET if limit is None else limit)
        say(file)
        return CommandReport({"files": [file]})
    options = {
        "bank": url,
        "out": out,
        "looks": compare,
        "count": _PAIRS if limit is None else limit,
        "seed": 2 if seed is None else seed,
        "recipe": "sample" if recipe is None else recipe,
        "kinds": [name for name in (kinds or _KINDS).replace(" ", "").split(",") if name],
        "plain": plain,
    }
    return _compare(options)


def _check(
    url: str, out: str, compare: tuple[str, str] | None, of_compare: list[str], score: str, key: str
) -> None:
    """Check options that depend on each other."""
    if of_compare and compare is None:
        raise ValueError(f"{of_compare[0]}: expected --compare RENDITION RENDITION with it, got none")
    if key and not score:
        raise ValueError("--key: expected --score with the answers, got none")
    if score and (url or out or compare):
        raise ValueError("--score: expected --key alone with it, got a URL, --out or --compare as well")
    if score and not key:
        raise ValueError("--score: expected --key with the comparison's key.json, got none")
    if not score and (not url or not out):
        missing = "a version, dataset or bank" if not url else "--out"
        raise ValueError(f"preview: expected {missing}, got none; see natocc preview --help")


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
