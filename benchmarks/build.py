"""Gain of workers and cost of Prefect: ``python -m benchmarks.build --bank data/bank --minutes 5``.

The recipe ``sample`` with more repeats is built three times: plainly by one worker and by two, and by the
flow with two workers on Prefect's embedded server. The output is one JSON line: samples per second of each,
from the start of the first shard to the end of the last, and their ratios.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import yaml

from manifests.recipe import load_recipe
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build


def write_recipe(folder: Path, repeats: int) -> str:
    """The sample recipe under another name, with ``repeats``."""
    data = load_recipe("sample").model_dump(mode="json") | {"name": f"sample-{repeats}", "repeats": repeats}
    path = folder / f"sample-{repeats}.yaml"
    path.write_text(yaml.safe_dump(data))
    return str(path)


def timed_plain(recipe: str, bank: str, out: Path, workers: int) -> BuildReport:
    return build(BuildOptions(recipe=recipe, bank=bank, out=str(out), workers=workers))


def timed_flow(recipe: str, bank: str, out: Path, workers: int) -> BuildReport:
    from flows.build_natocc import build_natocc

    return build_natocc(recipe, bank, str(out), workers=workers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--minutes", type=float, default=5.0, help="length of a build by two workers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trial = timed_plain(write_recipe(folder, 3), arguments.bank, folder / "trial", 2)
        samples = sum(trial.dataset.counts.values())
        repeats = max(3, round(3 * arguments.minutes * 60 * trial.images_per_second / samples))
        recipe = write_recipe(folder, repeats)
        rates, walls = {}, {}
        for label, run, workers in (
            ("one_worker", timed_plain, 1),
            ("two_workers", timed_plain, 2),
            ("flow_two_workers", timed_flow, 2),
        ):
            start = time.perf_counter()
            report = run(recipe, arguments.bank, folder / label, workers)
            walls[label] = round(time.perf_counter() - start, 1)
            rates[label] = report.images_per_second
    print(
        json.dumps(
            {
                "samples": sum(report.dataset.counts.values()),
                "shards": len(report.dataset.shards),
                "images_per_second": {label: round(rate, 2) for label, rate in rates.items()},
                "wall_s": walls,
                "two_over_one": round(rates["two_workers"] / rates["one_worker"], 3),
                "prefect_adds": round(rates["two_workers"] / rates["flow_two_workers"] - 1, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
