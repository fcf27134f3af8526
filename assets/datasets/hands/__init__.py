"""11k Hands: photographs, masks, which of them are taken."""
