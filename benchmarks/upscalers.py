"""Upscalers compared on a bank's objects: ``python -m benchmarks.upscalers --bank B --out X.png``.

Each object's crop of its photograph is shrunk to one of several sizes and enlarged four times: by repeating
pixels, by Lanczos, and by the network. The sheet shows a window of the results side by side, pixel for
pixel. The output is one JSON line with the cost of the network.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np

from assets.bank.reader import Bank, Entry
from natocc.codecs import decode_rgb, encode_jpeg, encode_png_rgb
from natocc.geometry import Image
from natocc.resize.scale import limit_long_side
from tasks.contact_sheet import Strip, compose_sheet
from tasks.prepare.upscaling.choose import FACTOR, Upscaler, choose_upscaler
from tasks.prepare.upscaling.crops import lanczos
from tasks.prepare.upscaling.network import device_of, upscale_by_network
from tasks.preview import pick_evenly

# Long sides in pixels that crops are shrunk to, in turn; smaller crops stay as they are.
SIZES = "40,64,96,128,160,200,256,300"
# Side of the window of a crop that is shown, and the margin around it that the network sees too.
WINDOW, MARGIN = 96, 16


def crops_of(bank: Bank, ids: list[str], count: int) -> list[tuple[Entry, Image]]:
    """Crops of the objects with these ids, or of ``count`` objects, evenly over the categories."""
    entries = [entry for entry in bank.entries("object") if "context.jpg" in entry.members]
    if ids:
        chosen = [entry for entry in entries if entry.id.lstrip("0") in ids]
    else:
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            groups.setdefault(entry.category, []).append(entry)
        chosen = pick_evenly(groups, count)[:count]
    if not chosen:
        raise ValueError(f"{bank.url}: expected objects with the crop that they were cut from, got none")
    return [(entry, decode_rgb(bank.read(entry, ("context.jpg",))["context.jpg"])) for entry in chosen]


def windows(crop: Image, upscaler: Upscaler) -> tuple[list[Image], float, int]:
    """The window by each upscaler, the network's time in seconds, and its number of input pixels."""
    top, left = (max(0, (length - WINDOW) // 2) for length in crop.shape[:2])
    first = max(0, top - MARGIN), max(0, left - MARGIN)
    seen = crop[first[0] : top + WINDOW + MARGIN, first[1] : left + WINDOW + MARGIN]
    start = time.process_time()
    (result,) = upscale_by_network([np.ascontiguousarray(seen)], upscaler)
    seconds = time.process_time() - start
    inner = tuple(
        slice((edge - offset) * FACTOR, (edge - offset + WINDOW) * FACTOR)
        for edge, offset in zip((top, left), first, strict=True)
    )
    repeated = seen.repeat(FACTOR, 0).repeat(FACTOR, 1)
    enlarged = (repeated, lanczos(seen), result.pixels)
    return [picture[inner] for picture in enlarged], seconds, seen[..., 0].size


def framed(picture: Image) -> Image:
    """The picture on a square of the window's size, so that the sheet shows it pixel for pixel."""
    side = WINDOW * FACTOR
    tile = np.full((side, side, 3), 250, np.uint8)
    tile[: picture.shape[0], : picture.shape[1]] = picture
    return tile


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", help="folder of the weights")
    parser.add_argument("--upscaler", default="realesrgan")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--ids", default="", help="ids of objects, with commas between")
    parser.add_argument("--sizes", default=SIZES, help="long sides that crops are shrunk to, in turn")
    parser.add_argument("-n", type=int, default=8, help="number of objects, where no ids are given")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    upscaler = choose_upscaler(arguments.upscaler, arguments.weights, device=arguments.device).upscaler
    if upscaler.network is None:
        raise ValueError("--upscaler: expected a network, got lanczos")
    device = device_of(upscaler)
    strips, seconds, pixels = [], 0.0, 0
    ids = [name.lstrip("0") for name in arguments.ids.split(",") if name]
    sizes = [int(size) for size in arguments.sizes.split(",")]
    crops = crops_of(Bank(arguments.bank), ids, arguments.n)
    for number in range(max(len(crops), len(sizes))):
        entry, whole = crops[number % len(crops)]
        crop = limit_long_side(whole, sizes[number % len(sizes)])
        shown, spent, given = windows(crop, upscaler)
        seconds, pixels = seconds + spent, pixels + given
        size = f"{crop.shape[1]}x{crop.shape[0]} of {whole.shape[1]}x{whole.shape[0]}"
        caption = f"{entry.id.lstrip('0')} {entry.category}, crop {size}"
        strips.append(Strip(pictures=tuple(framed(picture) for picture in shown), caption=caption))
    title = f"x4, pixel for pixel: repeated, lanczos, {upscaler.name}"
    sheet = compose_sheet(strips, title, side=WINDOW * FACTOR, columns=2)
    jpeg = arguments.out.suffix == ".jpg"
    arguments.out.write_bytes(encode_jpeg(sheet, 92) if jpeg else encode_png_rgb(sheet))
    line = {
        "upscaler": upscaler.name,
        "device": device,
        "objects": len(strips),
        "pixels": pixels,
        "cpu_s": round(seconds, 1),
        "cpu_s_per_128x128": round(seconds * 128**2 / pixels, 2),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
