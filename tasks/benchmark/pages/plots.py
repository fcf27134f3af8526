"""Curves and differences as inline SVG. Equal input gives equal text; ink takes the colour of the page."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Sequence
from typing import Any

from models.optional_packages import require_packages
from natocc.files.show import one_line
from tasks.benchmark.pages.comparisons import difference_name
from tasks.benchmark.pages.material import RunRecord
from tasks.benchmark.pages.metrics import metric_words
from tasks.benchmark.scores.results import Comparison

# Okabe and Ito's, told apart by readers of any colour vision, on light and on dark paper; then other dashes.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_DASHES = ("solid", "dashed", "dotted", "dashdot")
# Stands for the colour of the page's text.
_INK = "#123456"
_STYLE: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 10,
    "font.family": "DejaVu Sans",
    **dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "grid.color"), _INK
    ),
    "axes.grid": True,
    "grid.alpha": 0.15,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
# Characters of a label beside a difference.
_LONGEST = 70


def arm_style(place: int) -> tuple[str, str]:
    """The colour and the dashes of an arm by its place in the benchmark."""
    return _COLOURS[place % len(_COLOURS)], _DASHES[place // len(_COLOURS) % len(_DASHES)]


def plot_curves(runs: Sequence[RunRecord], arms: Sequence[str], name: str) -> str:
    """Loss and validation IoU by step: a line a run, in the style of its arm. SVG; "" without curves.

    ``name`` tells the figure's inner names from those of others on the page. Raises MissingExtra.
    """
    drawn = [run for run in runs if run.curve]
    if not drawn:
        return ""
    figure = _figure(8.4, 3.2)
    with _style(name):
        for place, (label, field) in enumerate((("Loss", "loss"), ("Validation IoU, %", "validation_iou"))):
            axes = figure.add_subplot(1, 2, place + 1)
            for run in drawn:
                colour, dashes = arm_style(arms.index(run.arm))
                scale = 100 if field == "validation_iou" else 1
                shown = [(one.step, scale * getattr(one, field)) for one in run.curve]
                shown = [point for point in shown if not math.isnan(point[1])]
                axes.plot(
                    [step for step, _ in shown],
                    [value for _, value in shown],
                    color=colour,
                    linestyle=dashes,
                    linewidth=1.2,
                    marker="o" if len(shown) == 1 else "",
                )
            axes.set_xlabel("Step")
            axes.set_title(label, fontsize=10, loc="left")
        return _svg(figure, name)


def plot_differences(comparisons: Sequence[Comparison], name: str) -> str:
    """A dot and its 95 % interval for each difference that was measured. SVG; "" without any.

    Raises MissingExtra.
    """
    drawn = [one for one in comparisons if not math.isnan(one.difference)]
    if not drawn:
        return ""
    figure = _figure(8.4, 0.9 + 0.34 * len(drawn))
    with _style(name):
        axes = figure.add_subplot()
        places = range(len(drawn))
        for place, one in zip(places, drawn, strict=True):
            known = not math.isnan(one.low)
            clear = known and (one.low > 0 or one.high < 0)
            if known:
                axes.plot([100 * one.low, 100 * one.high], [place, place], color=_COLOURS[0], linewidth=2)
            # Filled where the interval excludes 0.
            face = _COLOURS[0] if clear else "none"
            axes.plot(
                [100 * one.difference], [place], "o", color=_COLOURS[0], markerfacecolor=face, markersize=7
            )
        axes.axvline(0, color=_INK, linewidth=1)
        axes.set_yticks(list(places), [_label(one) for one in drawn])
        axes.set_ylim(len(drawn) - 0.5, -0.5)
        axes.set_xlabel("Difference, points")
        return _svg(figure, name)


def _label(one: Comparison) -> str:
    return one_line(f"{difference_name(one)}, {one.set}, {metric_words(one.metric).name}", _LONGEST)


def _figure(width: float, height: float) -> Any:
    require_packages("plots of a benchmark", ("matplotlib",), extra="benchmark")
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _style(name: str) -> Any:
    from matplotlib import rc_context

    return rc_context({**_STYLE, "svg.hashsalt": name})


def _svg(figure: Any, name: str) -> str:
    stream = io.StringIO()
    with warnings.catch_warnings():
        # Of names in scripts that the measuring font lacks; the reader's fonts show them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return _inlined(stream.getvalue(), name)


def _inlined(text: str, name: str) -> str:
    """The ``svg`` element alone, without addresses of schemas, its inner names told from other figures'."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(?::\w+)?="[^"]*"', "", text)
    text = text.replace("xlink:href", "href").replace(_INK, "currentColor")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    return re.sub(r"url\(#", f"url(#{name}-", text).strip()
