"""How likely a face's mask is wrong, measured without a network."""
