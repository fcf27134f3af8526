"""``build-randocc``: the same flow under a name and deployment of its own, for random shapes alone.

Which recipe it builds is a parameter; its deployment names Table 3's ``c-wo-randocc``.
"""

from __future__ import annotations

from flows.build_natocc import build_natocc

build_randocc = build_natocc.with_options(name="build-randocc", flow_run_name="{recipe}")
