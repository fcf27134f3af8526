"""RainNet, the harmoniser (Ling et al., CVPR 2021)."""
