"""The demo photographs laid out as the raw downloads are."""
