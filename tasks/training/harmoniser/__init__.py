"""RainNet trained on pairs of composite and real picture."""
