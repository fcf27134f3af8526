"""Textures in the layout of DTD: one folder for each class."""

from __future__ import annotations

from collections.abc import Iterator

from assets.demo.layout.task import LayoutRow, Task, sidecar
from assets.demo.pixels import cut, decode, decode_gimp_pattern, jpeg

_TEXTURES = "dtd"


def lay_out_textures(task: Task) -> Iterator[tuple[str, bytes]]:
    """Files of ``dtd/``: ``images/<class>/<class>_0001.jpg`` and following, side-car."""
    rows: list[LayoutRow] = []
    for texture in task.chosen.textures:
        data, what = task.cache.read(texture.source), str(texture.source)
        picture = decode_gimp_pattern(data, what) if texture.decode == "gimp-pat" else decode(data, what)
        label = texture.texture_class
        file = f"images/{label}/{label}_{texture.number:04d}.jpg"
        yield f"{_TEXTURES}/{file}", jpeg(cut(picture, texture.crop))
        rows.append(task.row(file, texture.source, grade="A" if texture.photographic else "B"))
    if rows:
        yield f"{_TEXTURES}/natocc.csv", sidecar(rows)
