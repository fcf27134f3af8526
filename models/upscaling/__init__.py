"""A picture enlarged by any upscaling network, in overlapping tiles."""
