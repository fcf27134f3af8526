"""Recipes of the study at small scale: the mixtures of Table 4 on few photographs (docs/benchmark.md)."""
