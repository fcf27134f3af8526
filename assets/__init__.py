"""What comes in: raw datasets, the bank, weights, demo photographs."""
