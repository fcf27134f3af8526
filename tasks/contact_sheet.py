"""Contact sheets: rows of equal tiles with a caption under each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from natocc.files.show import one_line
from natocc.geometry import Image
from natocc.resize.scale import scale_image

_INK, _PAPER = (30, 30, 30), (250, 250, 248)
_CAPTION = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Pictures side by side, and the line under them."""

    pictures: tuple[Image, ...]
    caption: str


def fit_cell(picture: Image, side: int) -> Image:
    """A grey or RGB picture scaled into a square tile, centred on the paper's colour; RGB uint8."""
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    scaled = scale_image(picture, side / max(picture.shape[:2]))
    height, width = scaled.shape[:2]
    tile = np.full((side, side, 3), _PAPER, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    tile[top : top + height, left : left + width] = scaled
    return tile


def overlay(picture: Image, mask: Image, colour: tuple[int, int, int] = (0, 200, 90)) -> Image:
    """The picture with the mask's pixels (non-zero) tinted and its contours drawn."""
    mask = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    tinted = np.where(mask[..., None] > 0, picture // 2 + np.uint8(np.array(colour) // 2), picture)
    contours, _ = cv2.findContours((mask > 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    out = np.ascontiguousarray(tinted.astype(np.uint8))
    cv2.drawContours(out, contours, -1, colour, max(1, picture.shape[0] // 340))
    return out


def on_checks(rgb: Image, alpha: Image, cell: int = 24) -> Image:
    """A cut-out over a checkerboard."""
    rows, columns = np.indices(alpha.shape) // cell
    checks = np.where((rows + columns) % 2 == 0, 205, 245).astype(np.float32)[..., None]
    weight = alpha.astype(np.float32)[..., None] / 255
    return np.rint(rgb * weight + checks * (1 - weight)).astype(np.uint8)


def fit_text(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The text in one line of at most ``width`` pixels; "…" stands for what is cut from its end."""
    line = one_line(text)
    if font.getlength(line) <= width:
        return line
    room = width - font.getlength("…")
    kept = [count for count in range(len(line)) if font.getlength(line[:count]) <= room]
    return f"{line[: max(kept, default=0)].rstrip()}…"


def compose_sheet(strips: Sequence[Strip], title: str, *, side: int = 224, columns: int = 3) -> Image:
    """All strips in a grid under a title line; RGB uint8."""
    widest = max((len(strip.pictures) for strip in strips), default=1)
    gap, head = 10, 34
    cell_width, cell_height = widest * side + gap, side + _CAPTION + gap
    rows = -(-len(strips) // columns)
    sheet = PillowImage.new("RGB", (columns * cell_width + gap, rows * cell_height + head), _PAPER)
    draw = ImageDraw.Draw(sheet)
    large = ImageFont.load_default(16)
    draw.text((gap, 8), fit_text(title, sheet.width - 2 * gap, large), fill=_INK, font=large)
    font = ImageFont.load_default(12)
    for number, strip in enumerate(strips):
        left, top = gap + number % columns * cell_width, head + number // columns * cell_height
        for place, picture in enumerate(strip.pictures):
            sheet.paste(PillowImage.fromarray(fit_cell(picture, side)), (left + place * side, top))
        caption = fit_text(strip.caption, widest * side, font)
        draw.text((left, top + side + 2), caption, fill=_INK, font=font)
    return np.asarray(sheet)
