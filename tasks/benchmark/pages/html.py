"""``report.html``: the whole benchmark as one file that needs no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from jinja2 import Environment, StrictUndefined

from natocc.files.show import one_line
from tasks.benchmark.pages.behind import behind_of, full_hashes, run_commands, run_grid, set_grid
from tasks.benchmark.pages.claims import claim_grid
from tasks.benchmark.pages.comparisons import comparison_grid
from tasks.benchmark.pages.grid import Behind, Grid
from tasks.benchmark.pages.material import BenchmarkMaterial
from tasks.benchmark.pages.plots import arm_style, plot_curves, plot_differences
from tasks.benchmark.pages.sheets.gallery import Gallery, Sheet, gallery_sheets
from tasks.benchmark.pages.sheets.tiles import LABEL, TOO_LITTLE, TOO_MUCH, css_colour
from tasks.benchmark.pages.tables import score_grids, slice_grids, speed_grid

# Characters of one text, such as a command.
_LONGEST = 4000
_COLOURS = {"too_much": TOO_MUCH, "too_little": TOO_LITTLE, "label": LABEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """An SVG, what it shows, a legend of (text, colour, dashes), and what is behind it."""

    title: str
    about: str
    svg: str
    legend: tuple[tuple[str, str, str], ...]
    behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page: plots, tables and sheets, in this order; ``otherwise`` where there are none."""

    anchor: str
    title: str
    otherwise: str
    plots: tuple[Plot, ...] = ()
    grids: tuple[Grid, ...] = ()
    sheets: tuple[Sheet, ...] = ()


def report_html(material: BenchmarkMaterial, galleries: Sequence[Gallery] = ()) -> str:
    """The page. Text that users named is escaped; equal material gives equal bytes.

    Raises MissingExtra without matplotlib, and ValueError for pictures that the galleries lack.
    """
    text = (resources.files("manifests") / "templates" / "benchmark.html.j2").read_text("utf-8")
    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = lambda value: one_line(value, _LONGEST)
    return environment.from_string(text).render(
        m=material,
        sections=tuple(_sections(material, galleries)),
        hashes=tuple(full_hashes(material)),
        commands=tuple(run_commands(material)),
        colours={name: css_colour(rgb) for name, rgb in _COLOURS.items()},
    )


def _sections(material: BenchmarkMaterial, galleries: Sequence[Gallery]) -> Iterator[Section]:
    comparisons, speeds = comparison_grid(material), speed_grid(material)
    yield Section(
        anchor="comparisons",
        title="Comparisons",
        otherwise="No comparison was named.",
        plots=tuple(_difference_plots(material)),
        grids=(comparisons,) if comparisons else (),
    )
    yield Section(
        anchor="scores", title="Scores", otherwise="There are no scores.", grids=tuple(score_grids(material))
    )
    yield Section(
        anchor="slices",
        title="Slices",
        otherwise="No set was cut into slices.",
        grids=tuple(slice_grids(material)),
    )
    yield Section(anchor="claims", title="Claims", otherwise="", grids=(claim_grid(material),))
    yield Section(
        anchor="pictures",
        title="Pictures",
        otherwise="No pictures were taken.",
        sheets=tuple(sheet for gallery in galleries for sheet in gallery_sheets(material, gallery)),
    )
    yield Section(
        anchor="trainings",
        title="Trainings",
        otherwise="",
        plots=tuple(_curve_plots(material)),
        grids=(run_grid(material), *((speeds,) if speeds else ())),
    )
    yield Section(anchor="sets", title="Test sets", otherwise="", grids=(set_grid(material),))


def _difference_plots(material: BenchmarkMaterial) -> Iterator[Plot]:
    ordered = sorted(material.comparisons, key=lambda one: one.network)
    for number, (network, found) in enumerate(groupby(ordered, key=lambda one: one.network)):
        comparisons = tuple(found)
        svg = plot_differences(comparisons, f"differences{number}")
        if svg:
            yield Plot(
                title=f"Differences: {network}",
                about="With 95 % intervals over persons and seeds. A filled dot: the interval leaves out 0.",
                svg=svg,
                legend=(),
                behind=behind_of(
                    material,
                    networks=[network],
                    arms={arm for one in comparisons for arm in (one.better, one.than)},
                    sets={one.set for one in comparisons},
                ),
            )


def _curve_plots(material: BenchmarkMaterial) -> Iterator[Plot]:
    arms = tuple(dict.fromkeys([*(arm.name for arm in material.arms), *(run.arm for run in material.runs)]))
    for number, network in enumerate(material.networks()):
        runs = [run for run in material.runs if run.network == network]
        svg = plot_curves(runs, arms, f"curves{number}")
        if svg:
            drawn = {run.arm for run in runs if run.curve}
            yield Plot(
                title=f"Curves: {network}",
                about="A line for each seed.",
                svg=svg,
                legend=tuple((arm, *arm_style(place)) for place, arm in enumerate(arms) if arm in drawn),
                behind=behind_of(material, networks=[network], sets=()),
            )
