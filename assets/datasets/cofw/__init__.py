"""COFW in colour: faces with landmarks and occlusion bits, from MATLAB files."""
