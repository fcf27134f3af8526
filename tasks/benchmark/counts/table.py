"""The table of counts: one row for a picture, a network and a reading of the labels."""

from __future__ import annotations

import pyarrow as pa

# Bins of the predicted probability of face, of equal width.
CALIBRATION_BINS = 15

COUNTS_SCHEMA = pa.schema(
    [
        # What predicted: a run of the benchmark, or masks of others (then mixture "", seed -1).
        ("network", pa.string()),
        ("mixture", pa.string()),
        ("seed", pa.int32()),
        ("checkpoint", pa.string()),  # sha256 of the weights' file; "" of masks
        # Scores averaged over sizes and mirror images.
        ("tta", pa.bool_()),
        ("set", pa.string()),
        ("key", pa.string()),
        # "as labelled", or "as trained": disputed pixels have the label of the training's policy.
        ("reading", pa.string()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("occluder", pa.string()),
        ("category", pa.string()),
        ("hidden", pa.float64()),
        ("source", pa.string()),
        ("person", pa.string()),
        ("photo", pa.string()),
        ("occluder_photo", pa.string()),
        # What is drawn as one: person, photograph or picture.
        ("group", pa.string()),
        # classes x classes pixels, row by row: the label's class first, then the predicted one.
        ("classes", pa.int32()),
        ("confusion", pa.list_(pa.int64())),
        # Of the face, in a band along its outline (Cheng et al. 2021): pixels in both bands, and in either.
        ("boundary_both", pa.int64()),
        ("boundary_either", pa.int64()),
        # Where 0 < alpha < 255 on the face: pixels, and the sums of |error| and error² of the probability.
        ("band_pixels", pa.int64()),
        ("band_absolute", pa.float64()),
        ("band_squared", pa.float64()),
        # A bin of the probability of face: pixels, the sum of probabilities, pixels that are face.
        ("bin_pixels", pa.list_(pa.int64())),
        ("bin_probability", pa.list_(pa.float64())),
        ("bin_face", pa.list_(pa.int64())),
    ]
)
