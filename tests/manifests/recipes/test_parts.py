from __future__ import annotations

import pytest
from pydantic import ValidationError

from manifests.recipes.parts import Naturalness, OccluderSet
from natocc.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_only_kinds_that_take_colours_have_a_transfer(kind: str) -> None:
    if KINDS[kind].colour_transfer:
        assert OccluderSet(name="a", kind=kind, colour_transfer=0.5).colour_transfer == 0.5
    else:
        with pytest.raises(ValidationError, match="only hands take the face's colours"):
            OccluderSet(name="a", kind=kind, colour_transfer=0.5)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Naturalness.model_validate({"glow": True})
