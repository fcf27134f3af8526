"""FaceOcc: cut-outs, textures, what it annotates over faces."""
