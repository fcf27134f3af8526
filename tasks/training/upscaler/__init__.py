"""Training of GLEAN on photographs."""
