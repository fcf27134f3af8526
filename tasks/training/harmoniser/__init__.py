"""Training of RainNet on pairs of composite and real picture."""
