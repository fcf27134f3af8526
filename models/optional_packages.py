"""Check for the packages of extras."""

from __future__ import annotations

from importlib.util import find_spec

NETWORK_PACKAGES = ("torch", "lightning", "torchmetrics")
BENCHMARK_PACKAGES = (*NETWORK_PACKAGES, "matplotlib")


class MissingExtra(RuntimeError):
    """An optional feature needs packages that are not installed."""


def require_networks(asked_by: str, packages: tuple[str, ...] = NETWORK_PACKAGES) -> None:
    """``require_packages`` for the extra ``networks``."""
    require_packages(asked_by, packages, extra="networks")


def require_packages(asked_by: str, packages: tuple[str, ...], *, extra: str) -> None:
    """Raise MissingExtra with the install command of an extra, unless every package is installed.

    The check is cheap because it imports none of them.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"{asked_by}: expected the packages of the extra {extra}, {', '.join(missing)} not installed; "
            f"run pip install -c constraints.txt -e '.[{extra}]'"
        )
