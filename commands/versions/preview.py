"""``natocc preview``: a contact sheet of a version or a bank; two looks side by side, and their score."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.console import console, one_clear_message, progress_bar


def preview(
    url: Annotated[str, typer.Argument(help="A version, a dataset or a bank.")] = "",
    out: Annotated[str, typer.Option(help="The .png or .jpg to write; with --compare, a new folder.")] = "",
    count: Annotated[
        int | None, typer.Option("-n", help="How many samples (24), or pairs with --compare (40).")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            help="Two looks of the same samples of a bank, as blind pairs: code (the released method's "
            "pixels), paper, best, or best without a step: best-shadow.",
            metavar="LOOK LOOK",
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
        str | None, typer.Option(help="With --compare: kinds of occluder (hand,object,randocc).")
    ] = None,
    score: Annotated[str, typer.Option(help="answers.json of a judged comparison; prints the tally.")] = "",
    key: Annotated[str, typer.Option(help="With --score: the comparison's key.json.")] = "",
) -> None:
    """Occluded face, mask, alpha and clean face side by side; of a bank, its entries.

    With --compare, two ways of making the same pictures, shuffled for blind judging.
    """
    with one_clear_message():
        with_compare = {"--plain": plain or None, "--seed": seed, "--recipe": recipe, "--kinds": kinds}
        lonely = [name for name, value in with_compare.items() if value is not None]
        if lonely and compare is None:
            raise ValueError(f"{lonely[0]}: expected --compare LOOK LOOK with it, got none")
        if key and not score:
            raise ValueError("--key: expected --score with the answers, got none")
        if score and (url or out or compare):
            raise ValueError("--score: expected --key alone with it, got a URL, --out or --compare as well")
        if score:
            _print_score(score, key)
            return
        if not url or not out:
            missing = "a version, dataset or bank" if not url else "--out"
            raise ValueError(f"preview: expected {missing}, got none; see natocc preview --help")
        if compare is None:
            from tasks.preview import preview as write_preview

            console.print(write_preview(url, out, 24 if count is None else count), markup=False)
            return
        from tasks.compare.pairs import Options
        from tasks.compare.pairs import compare as write_comparison

        options = Options(
            bank=url,
            out=out,
            looks=compare,
            count=40 if count is None else count,
            seed=2 if seed is None else seed,
            recipe="sample" if recipe is None else recipe,
            kinds=[name for name in (kinds or "hand,object,randocc").replace(" ", "").split(",") if name],
            plain=plain,
        )
        with progress_bar(transient=True) as progress:
            bar = progress.add_task("pairs", total=options.count)
            files = write_comparison(
                options, on_progress=lambda done, total: progress.update(bar, completed=done)
            )
        for file in files:
            console.print(file, markup=False)


def _print_score(answers: str, key: str) -> None:
    from tasks.compare.votes import describe_score
    from tasks.compare.votes import score as count_answers

    if not key:
        raise ValueError("--score: expected --key with the comparison's key.json, got none")
    for line in describe_score(*count_answers(answers, key)):
        console.print(line, markup=False)
