"""GLEAN, the upscaler (Chan et al. 2021)."""
