"""What is known of a face beside its pixels: tables, splits, corrections, verdicts."""
