"""GLEAN trained on photographs."""
