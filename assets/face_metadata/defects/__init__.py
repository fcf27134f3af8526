"""Known defects of faces: CelebAMask-HQ's, as its users list them in public, and a raw tree's own."""
