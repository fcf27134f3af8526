"""What goes on a face: decoded occluders, random shapes, banks of them in memory."""
