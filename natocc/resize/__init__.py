"""Pictures at other sizes: scaled in proportion, bicubic as in MATLAB, cropped to a face as FFHQ."""
