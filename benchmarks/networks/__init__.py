"""Networks against their convolutions and the processor."""
