"""How likely a face's mask is wrong, told without a network."""
