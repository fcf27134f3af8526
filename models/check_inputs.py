"""Shape checks for the pictures and masks given to networks."""

from __future__ import annotations

from torch import Tensor


def check_pictures(pictures: Tensor, multiple: int, name: str = "images") -> None:
    """Raise ValueError unless the shape is (N, 3, H, W) and H and W are multiples of ``multiple``."""
    if pictures.ndim != 4 or pictures.shape[1] != 3:
        raise ValueError(f"{name}: expected shape (N, 3, H, W), got {tuple(pictures.shape)}")
    height, width = pictures.shape[2:]
    if height % multiple or width % multiple or not height or not width:
        fitting = "x".join(str(max(1, -(-side // multiple)) * multiple) for side in (height, width))
        raise ValueError(
            f"{name}: expected height and width to be multiples of {multiple}, got {height}x{width}; "
            f"pad or resize them to {fitting}"
        )


def check_mask(mask: Tensor, pictures: Tensor) -> None:
    """Raise ValueError unless the mask's shape is (N, 1, H, W) for pictures (N, 3, H, W)."""
    wanted = (len(pictures), 1, *pictures.shape[2:])
    if mask.shape != wanted:
        raise ValueError(f"mask: expected shape {wanted}, got {tuple(mask.shape)}")
