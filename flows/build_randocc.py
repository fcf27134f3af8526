"""``build-randocc``: ``build-natocc`` under its own name and deployment, for random shapes only.

The recipe is a parameter; the deployment uses Table 3's ``c-wo-randocc``.
"""

from __future__ import annotations

from flows.build_natocc import build_natocc

build_randocc = build_natocc.with_options(name="build-randocc", flow_run_name="{recipe}")
