"""Objects enlarged: by what, and how."""
