"""Every kind of natocc/kinds.py through a small build: a new row is built by this test too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from manifests.sample import read_fields, read_metadata, type_problems
from natocc.codecs import decode_plane, decode_rgb
from natocc.kinds import KINDS, Kind
from natocc.labels import visible_mask
from shards.reader import read_shard
from tasks.build.options import BuildOptions
from tasks.build.version import build


@pytest.fixture(scope="module")
def samples(
    bank_url: str, tmp_path_factory: pytest.TempPathFactory, recipe_text: Callable[..., str]
) -> Mapping[str, list[dict[str, bytes]]]:
    """Kept samples by kind."""
    folder = tmp_path_factory.mktemp("kinds")
    sets = [
        {"name": name, "kind": name, "colour_transfer": 1.0 if kind.colour_transfer else 0.0}
        for name, kind in KINDS.items()
    ]
    recipe = folder / "kinds.yaml"
    recipe.write_text(recipe_text(name="kinds", repeats=3, sets=sets))
    report = build(BuildOptions(recipe=str(recipe), bank=bank_url, out=str(folder / "out"), workers=1))
    return {
        shard.set: [members for _, members in read_shard(str(Path(report.url) / shard.file))]
        for shard in report.dataset.shards
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_is_built_as_its_row_says(kind: Kind, samples: Mapping[str, list[dict[str, bytes]]]) -> None:
    assert samples[kind.name], "expected kept samples"
    for members in samples[kind.name]:
        metadata: dict[str, Any] = read_metadata(members["json"], kind.name)
        assert metadata["kind"] == metadata["params"]["kind"] == kind.name
        assert (metadata["occluder"] is not None) is (kind.pool is not None)
        assert (metadata["backends"]["harmoniser"] is not None) is kind.harmonised
        assert (metadata["backends"]["colour_transfer"] is not None) is kind.colour_transfer
        assert (metadata["params"]["shape"] is not None) is kind.random_shape
        placement = metadata["params"]["placement"]
        assert (placement is not None and placement["facing"] != 0) is kind.faces_centre


def test_the_json_of_every_sample_alone_has_the_types_of_all(
    samples: Mapping[str, list[dict[str, bytes]]],
) -> None:
    """So readers that take the types from the first samples read all of them, whichever come first."""
    written = [read_fields(members["json"], name) for name, kept in samples.items() for members in kept]
    assert len({fields["kind"] for fields in written}) == len(KINDS)
    assert [problem for fields in written for problem in type_problems(fields)] == []
    (schema,) = {pa.Table.from_pylist([{"json": fields}]).schema for fields in written}
    assert "null" not in str(schema)
    assert len({tuple(members) for kept in samples.values() for members in kept}) == 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_labels_of_a_kind_fit_its_pixels(
    kind: Kind, samples: Mapping[str, list[dict[str, bytes]]]
) -> None:
    for members in samples[kind.name]:
        mask, alpha, whole = (
            decode_plane(members[name]) for name in ("mask.png", "alpha.png", "clean_mask.png")
        )
        opacity = read_metadata(members["json"], kind.name)["opacity"]
        assert (mask == visible_mask(whole, alpha, opacity)).all()
        assert alpha.any() == (kind.pool is not None)
        changed = decode_rgb(members["jpg"]) != decode_rgb(members["clean.jpg"])
        assert changed.any() == (kind.pool is not None)
