"""``train-harmonizer``: the former name of ``train-harmoniser``, for one release."""

from __future__ import annotations

from flows.train_harmoniser import train_harmoniser

train_harmonizer = train_harmoniser.with_options(name="train-harmonizer", flow_run_name="{out}")
