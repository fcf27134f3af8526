"""Where the occluder lies on the face."""
