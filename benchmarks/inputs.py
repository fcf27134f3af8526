"""Inputs of realistic size from installed packages: a 1024² portrait, a ×4 object, a large hand, textures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import skimage.data

from assets.bank.reader import Entry
from assets.bank.writer import BankWriter
from assets.demo.catalogue import DEMO_MASKS, DEMO_ROOT, DemoFace, load_catalogue
from natocc.codecs import decode_plane, encode_png
from natocc.geometry import Image, mask_box
from natocc.kinds import POOLS
from natocc.masks.policy import parsing_map
from natocc.resize.scale import scaled_size

_LONG_SIDE = 1024


def portrait() -> tuple[Image, Image]:
    """The astronaut aligned to 1024² as RGB, and her 512² skin mask (0-255)."""
    face = _astronaut()
    matrix = np.asarray(face.align, dtype=np.float64)
    image = cv2.warpAffine(
        skimage.data.astronaut(), matrix, (1024, 1024), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    mask = decode_plane((DEMO_ROOT / DEMO_MASKS / f"{face.id:05d}_skin.png").read_bytes())
    return image.astype(np.uint8, copy=False), mask


def parsing() -> Image:
    """The portrait's classes, 512²."""
    prefix = f"{_astronaut().id:05d}_"
    files = sorted((DEMO_ROOT / DEMO_MASKS).glob(f"{prefix}*.png"))
    return parsing_map({file.stem.removeprefix(prefix): decode_plane(file.read_bytes()) for file in files})


def _astronaut() -> DemoFace:
    return next(face for face in load_catalogue().faces if face.source.package.name == "scikit-image")


def hand() -> tuple[Image, Image]:
    """A hand's shape, fingers down as in the bank, with the colours of the portrait's cheek."""
    mask = decode_plane((DEMO_ROOT / "hand_masks" / "raised_pinch.png").read_bytes())
    mask = np.ascontiguousarray(mask[mask_box(mask).slices][::-1, ::-1])
    size = scaled_size(mask.shape, _LONG_SIDE / max(mask.shape))[::-1]
    matte = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)
    cheek = np.ascontiguousarray(portrait()[0][560:700, 300:400])
    skin = cv2.resize(cheek, size, interpolation=cv2.INTER_CUBIC)
    return skin.astype(np.uint8, copy=False), matte.astype(np.uint8, copy=False)


def cup() -> tuple[Image, Image]:
    """The coffee cup ×4, long side as in the bank."""
    image = skimage.data.coffee()
    matte = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(matte, (322, 212), (190, 165), 0, 0, 360, 255, -1)
    cut = mask_box(matte).slices
    image, matte = np.ascontiguousarray(image[cut]), np.ascontiguousarray(matte[cut])
    size = scaled_size(matte.shape, min(4.0, _LONG_SIDE / max(matte.shape)))[::-1]
    large = cv2.resize(image, size, interpolation=cv2.INTER_LANCZOS4)
    return large.astype(np.uint8), cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def textures() -> list[tuple[str, Image]]:
    """Three texture photographs of 512²."""
    found = {"brick": skimage.data.brick(), "grass": skimage.data.grass(), "gravel": skimage.data.gravel()}
    return [(name, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8)) for name, grey in found.items()]


def write_bank(folder: Path) -> None:
    """A bank of these inputs: one face, one cut-out of each pool, three textures."""
    writer = BankWriter(str(folder))
    image, mask = portrait()
    planes = {
        "mask.png": encode_png(mask),
        "parsing.png": encode_png(parsing()),
        "json": b'{"mask": "policy"}',
    }
    writer.add(_entry("face", "00000", "", image), {"jpg": _jpeg(image)} | planes)
    for name, pool in POOLS.items():
        if pool.textured:
            for texture, pixels in textures():
                writer.add(_entry(name, texture, texture, pixels), {"jpg": _jpeg(pixels)})
        else:
            rgb, matte = hand() if name == "hand" else cup()
            members = {"jpg": _jpeg(rgb), "alpha.png": encode_png(matte)}
            writer.add(_entry(name, f"{name}-0", name, rgb), members)
    writer.close(upscaler="lanczos")


def _jpeg(image: Image) -> bytes:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def _entry(kind: str, name: str, category: str, image: Image) -> Entry:
    return Entry(
        kind=kind,
        id=name,
        dataset="benchmark",
        category=category,
        split="train",
        person=None,
        photo=f"{kind}-{name}",
        licence="public domain",
        grade=None,
        source="",
        height=image.shape[0],
        width=image.shape[1],
        sha256="",
        shard="",
        members={},
    )
