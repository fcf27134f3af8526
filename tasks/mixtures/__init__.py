"""Mixtures counted: what the paper states, what a bank gives, what was kept and published."""
