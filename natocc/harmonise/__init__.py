"""An object fitted to the colours of the picture it lies in."""
