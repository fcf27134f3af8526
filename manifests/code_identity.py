"""One hash of all source that a stage's bytes depend on: syntax trees, linked along imports.

Imports are followed from a root module within the project's packages, also inside functions. A module's hash
covers its syntax tree. For each name that the module imports from the project, it also covers the hash of the
defining module. Comments, docstrings, layout and the paths of the project's modules are left out. The hash
therefore stays the same after a renamed file, a changed comment or a change in an unreachable module. It
changes after a changed constant in a reachable module.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from graphlib import CycleError, TopologicalSorter

from manifests.syntax_tree import Import, read_source, syntax_sha256
from models.registry import network_named

# The modules that write samples and the bank's shards, and the one that plans a set's shards. Each source has
# one more root: the function that makes its entries (tasks/prepare/sources.py).
RENDER, WRITE_BANK, PLAN_SET = "tasks.render.shard", "tasks.prepare.write", "tasks.build.expand"
# Modules that builds and preparations import but the hash does not cover: names or patterns, each with the
# reason why no bytes depend on the module.
EXCEPTIONS = {
    "natocc": "loads public names when they are asked for; the pipeline imports the modules themselves",
    "natocc.kinds": "a table; the row of a shard's kind stands in its key as values",
    "models.registry": "a table; the code of the network that is used stands in keys as its own identity",
    **dict.fromkeys(
        ("manifests.code_identity", "manifests.lineage", "manifests.syntax_tree"),
        "hashes, which stand in every key as values",
    ),
    **dict.fromkeys(
        ("shards.lock", "shards.locking.*", "shards.remote.conditional"),
        "says when a run may write, not what",
    ),
    **dict.fromkeys(
        ("shards.check_output",),
        "tries where a job may write, and leaves nothing there",
    ),
    **dict.fromkeys(
        (
            "tasks.build.choose_harmoniser",
            "tasks.build.choose_transport",
            "tasks.build.kept.*",
            "tasks.build.left_out",
            "tasks.build.lock",
            "tasks.build.options",
            "tasks.build.plan",
            "tasks.build.publish.*",
            "tasks.build.reuse",
            "tasks.build.selection",
            "tasks.build.stored_samples",
            "tasks.build.version",
            "tasks.history.*",
            "manifests.card",
            "manifests.history",
            "manifests.recipe",
            "manifests.recipes.parts",
            "manifests.restore",
            "manifests.withdrawn",
            "manifests.yaml.fields",
            "manifests.yaml.text",
            "shards.measure",
            "shards.move",
        ),
        "selects inputs, which stand in keys as values, finds finished shards by their keys, and publishes",
    ),
    **dict.fromkeys(
        (
            "tasks.prepare.bank",
            "tasks.prepare.collect",
            "tasks.prepare.publish",
            "tasks.prepare.shards",
            "tasks.prepare.options",
            "tasks.prepare.report",
            "tasks.prepare.occluders.sharpness",
            "tasks.prepare.sources",
            "tasks.progress",
        ),
        "which inputs make a shard, by which function with which arguments; all of it stands in its key",
    ),
    **dict.fromkeys(
        (
            "assets.face_metadata.attributes",
            "assets.face_metadata.celeba",
            "assets.face_metadata.defects.*",
            "assets.face_metadata.doubtful_faces",
            "assets.face_metadata.origin",
            "assets.face_metadata.partition*",
            "assets.face_metadata.photo_table",
            "assets.face_metadata.poses",
            "assets.face_metadata.tables",
            "assets.reading.expected_counts",
            "assets.reading.faults",
            "assets.reading.flags",
            "assets.reading.locate_folder",
            "assets.text.json_stream",
            "assets.text.withdrawals",
            "assets.text.table",
            "tasks.census.*",
        ),
        "reads raw trees; what it finds stands in a shard's key as values",
    ),
    "tasks.prepare.withdrawn.*": "leaves inputs out of a shard; which ones stands in its record",
    "tasks.render.check_code": "compares samples, and writes none",
    "assets.bank.splits": "splits are made final in the bank's table, with every preparation",
    "assets.packages.clients": "fetches packages; commands know its error",
    **dict.fromkeys(
        (
            "tasks.inputs",
            "tasks.option_problems",
            "tasks.options",
            "tasks.published",
        ),
        "options of jobs; those that decide bytes stand in keys as values",
    ),
}
# Readers of raw trees: a shard's key contains their records as values. A reader that a covered module imports
# is covered.
READERS = "assets.datasets.*"


class ImportCircle(ValueError):
    """Modules import each other, so that none can be hashed first."""


@cache
def code_identity(root: str, *, network: bool = False) -> str:
    """sha256 of the source that the module ``root`` depends on.

    Without ``network`` the package ``models`` is not followed, as no network is used. Raises ValueError for
    an unknown module, ImportCircle for circular imports.
    """
    graph = {
        module: {link.module for link in _followed(module, network)}
        for module in modules_of(root, network=network)
    }
    identities: dict[str, str] = {}
    try:
        # Each module comes after its imports.
        for module in TopologicalSorter(graph).static_order():
            source = read_source(module)
            # For modules that are not followed, only the name counts.
            names = sorted(
                (link.name, link.alias, identities.get(link.module, ""))
                for link in source.imports
                if link.alias or link.module in identities
            )
            identities[module] = syntax_sha256(json.dumps([source.tree, names]))
    except CycleError as error:
        circle = " is imported by ".join(error.args[1])
        raise ImportCircle(
            f"{circle}; expected imports without a circle: import from the module itself, not from a "
            "package whose __init__ imports it"
        ) from error
    return identities[root]


def render_identity(network: str | None = None, *, transport: bool = False) -> str:
    """sha256 of the source that renders samples.

    It includes that of the harmonising network of models/registry.py, and of torch's colour ``transport``.
    """
    if network is None and not transport:
        return code_identity(RENDER)
    identities = [code_identity(RENDER, network=True)]
    return syntax_sha256(json.dumps(identities + ([network_identity(network)] if network else [])))


def network_identity(network: str) -> str:
    """sha256 of the source that loads and runs one network of models/registry.py.

    Raises ValueError for an unknown name.
    """
    roots = network_named(network).modules
    return syntax_sha256(json.dumps([code_identity(root, network=True) for root in roots]))


def modules_of(root: str, *, network: bool = False) -> frozenset[str]:
    """The modules whose source ``code_identity`` covers."""
    found, left = set[str](), [root]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += [link.module for link in _followed(module, network)]
    return frozenset(found)


def is_exception(module: str) -> bool:
    """Whether the module is one of EXCEPTIONS, which are not followed."""
    return any(fnmatchcase(module, pattern) for pattern in EXCEPTIONS)


def _followed(module: str, network: bool) -> list[Import]:
    return [
        link
        for link in read_source(module).imports
        if not is_exception(link.module) and (network or not link.module.startswith("models."))
    ]
