"""A test set of one's own in a review: pictures and coarse masks out, corrected masks back."""
