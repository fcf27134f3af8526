"""Files of users: their names, their bytes within bounds, and their text made safe to show."""
