"""Pictures at other sizes: scaled in proportion, and bicubic as in MATLAB."""
