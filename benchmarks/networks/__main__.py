"""Cost of the networks: ``python -m benchmarks.networks``, one JSON line for each.

Published sizes, seeded random weights, each network in a fresh process. Beside pictures per second and
memory: operations per picture, their share of the rate of a large matrix product in the same process, and
for RainNet on the CPU the ratio to its convolutions alone, measured in alternation. One thread is the
default, as in the workers of a build, and its times are CPU times; other times are wall times.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import torch

from benchmarks.networks.cases import CASES, DTYPES, Case, build, runs
from benchmarks.networks.floors import Work, bare_convolutions, matmul_peak, operations, seconds
from tasks.workers.process import WORKER_ENVIRONMENT

NETWORKS = ("rainnet", "glean", "rrdbnet")
_LEAST, _MOST = 2, 200
_TOP = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How each network is run."""

    device: str
    precision: str
    batch: int | None
    threads: int
    # Wall time to measure for, two batches at least.
    seconds: float
    profile: bool


def measure(case: Case, options: Options) -> dict[str, object]:
    """One line of the result. Runs in a fresh process."""
    torch.set_num_threads(options.threads)
    batch = options.batch or case.batches[options.device == "cuda"]
    peak = matmul_peak(options.device, options.precision, options.threads)
    wanted, network = operations(case), build(case).eval()
    while True:
        try:
            if options.device == "cuda":
                torch.cuda.reset_peak_memory_stats()
            work = runs(case, network, batch=batch, device=options.device, precision=options.precision)
            together = work()
            break
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
            batch //= 2
    memory, floor = _memory(options.device), None
    if (case.network, options.device, options.precision) == ("rainnet", "cpu", "float32"):
        floor = bare_convolutions(case, network, options.threads)
    spent, alone = _alternate(work, floor, options)
    rate = batch / spent
    line: dict[str, object] = {
        "network": case.name,
        "device": torch.cuda.get_device_name() if options.device == "cuda" else "cpu",
        "threads": options.threads,
        "precision": options.precision,
        "batch": together,
        "pictures_per_s": round(rate, 3),
        "ms_per_picture": round(1000 / rate, 1),
        "peak_memory_mb": memory,
        "gflop_per_picture": round(wanted / 1e9, 1),
        "matmul_peak_gflop_per_s": round(peak / 1e9),
        "share_of_matmul_peak": round(wanted * rate / peak, 3),
    }
    if alone is not None:
        line |= {
            "convolutions_ms": round(alone * 1000, 1),
            "ratio_to_convolutions": round(1 / rate / alone, 2),
        }
    if options.profile:
        line["profile"] = _profile(work, options.device)
    return line


def _alternate(work: Work, floor: Work | None, options: Options) -> tuple[float, float | None]:
    """Median times in seconds: of a batch, and of the convolutions of one picture."""
    ends = time.monotonic() + options.seconds
    whole: list[float] = []
    alone: list[float] = []
    while len(whole) < _LEAST or (time.monotonic() < ends and len(whole) < _MOST):
        whole.append(seconds(work, options.device, options.threads))
        if floor is not None:
            alone.append(seconds(floor, options.device, options.threads))
    return statistics.median(whole), statistics.median(alone) if alone else None


def _memory(device: str) -> int:
    """Peak memory in MB: that of torch on the GPU, else of the whole process."""
    if device == "cuda":
        return round(torch.cuda.max_memory_allocated() / 2**20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _profile(work: Work, device: str) -> dict[str, float]:
    """Share of each operation in a batch's time, the largest first."""
    kinds = [torch.profiler.ProfilerActivity.CPU]
    if device == "cuda":
        kinds.append(torch.profiler.ProfilerActivity.CUDA)
    with torch.profiler.profile(activities=kinds) as profile:
        work()
    on = "self_device_time_total" if device == "cuda" else "self_cpu_time_total"
    spent = {average.key: float(getattr(average, on)) for average in profile.key_averages()}
    total = sum(spent.values())
    largest = sorted(spent, key=lambda key: -spent[key])[:_TOP]
    return {key: round(spent[key] / total, 3) for key in largest}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=(*NETWORKS, "all"), default="all")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=tuple(DTYPES), default="float32")
    parser.add_argument("--batch", type=int, help="pictures or tiles at a time; without it, a usual number")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0, help="to measure each for, 2 batches at least")
    parser.add_argument("--large", action="store_true", help="also GLEAN from 256 to 1024 pixels")
    parser.add_argument("--profile", action="store_true", help="also what takes the time of a batch")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda: expected a GPU that torch can use, got none; use cpu")
    if arguments.batch is not None and arguments.batch < 1:
        parser.error(f"--batch: expected at least 1, got {arguments.batch}")
    options = Options(
        device=arguments.device,
        precision=arguments.precision,
        batch=arguments.batch,
        threads=arguments.threads,
        seconds=arguments.seconds,
        profile=arguments.profile,
    )
    # The workers of a build have this environment.
    os.environ.update(WORKER_ENVIRONMENT)
    for case in CASES:
        if arguments.network in (case.network, "all") and (arguments.large or not case.large):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
                print(
                    json.dumps(fresh.submit(measure, case, options).result(), ensure_ascii=False), flush=True
                )


if __name__ == "__main__":
    main()
