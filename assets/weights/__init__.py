"""Files of weights: what exists, what is here."""
