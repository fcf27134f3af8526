"""What readers of raw trees share: folders, names, counts, what is held out."""
