from __future__ import annotations

import subprocess
import sys

from natocc.machine import DEVICES, FULL_RANGE_PRECISIONS, PRECISIONS


def test_listing_choices_loads_no_torch() -> None:
    code = "import natocc.machine, models.device, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_jobs_that_support_less_offer_a_subset_in_the_same_order() -> None:
    assert DEVICES == ("auto", "cpu", "cuda")
    assert tuple(name for name in PRECISIONS if name in FULL_RANGE_PRECISIONS) == FULL_RANGE_PRECISIONS
