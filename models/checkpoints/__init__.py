"""Files of weights: read strictly, written plainly, without code in them."""
