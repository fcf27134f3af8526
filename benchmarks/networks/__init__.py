"""Networks measured against their convolutions and the processor's peak."""
