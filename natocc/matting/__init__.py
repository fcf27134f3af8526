"""Mattes: things cut out of their photographs, with colours beyond the edge."""
