"""StyleGAN2 (Karras et al. 2020): generator, layers, discriminator."""
