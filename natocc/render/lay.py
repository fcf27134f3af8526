"""The first steps of a sample: its occluder is placed, and its colours are ready to be moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from natocc.face import Face
from natocc.geometry import Image
from natocc.occluders.occluder import Layer, Occluder, place
from natocc.occluders.shapes import curve_size, fill_shape, shape_curve
from natocc.photometric.tone import compress
from natocc.placement.affine import placement_matrix
from natocc.render.match_camera import Camera, measure_face, soften_edge
from natocc.render.params import Params
from natocc.transfer.apply import prepare_transport
from natocc.transfer.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A face with its occluder in place, before the occluder takes the face's colours.

    ``face`` is compressed where the parameters say so. ``layer`` is None if no pixel of it lies on the
    picture. ``shown`` is the matte that counts for colours: for a faint occluder, nowhere half opaque, its
    strongest part. ``transport`` is what method ``sot`` has to move, None for all others.
    """

    face: Face
    camera: Camera
    layer: Layer | None = None
    shown: Image | None = None
    transport: Transport | None = None


def lay(face: Face, occluder: Occluder | None, params: Params) -> Laid:
    """The first half of ``compose``: all steps before colour transfer."""
    face = compress_face(face, params)
    layer = _place(face, occluder, params)
    if layer is None or layer.box.empty:
        return Laid(face=face, camera=Camera())
    camera = measure_face(face, params)
    layer = soften_edge(layer, camera, params)
    strongest = int(layer.matte.max(initial=0))
    shown = layer.matte
    if 0 < strongest <= 127:
        shown = cast(Image, cv2.convertScaleAbs(shown, alpha=255 / strongest))
    transport = None
    if params.transfer is not None and params.transfer.method == "sot" and strongest > 0:
        transport = prepare_transport(
            layer.rgb, shown, face.image, face.mask * np.uint8(255), params.transfer
        )
    return Laid(face=face, camera=camera, layer=layer, shown=shown, transport=transport)


def compress_face(face: Face, params: Params) -> Face:
    """The face with its photograph after the JPEG generation of ``params``, if there is one."""
    if params.face_jpeg is None:
        return face
    return replace(face, image=compress(face.image, params.face_jpeg), jpeg_quality=params.face_jpeg)


def _place(face: Face, occluder: Occluder | None, params: Params) -> Layer | None:
    """Size, warp and place the occluder in one interpolation from its stored pixels."""
    if params.placement is None:
        return None
    if occluder is None:
        raise ValueError(f"render: expected an occluder for kind {params.kind!r}, got none")
    if params.shape is None:
        matrix = placement_matrix(params.placement, occluder.size)
        layer = place(occluder, matrix, face.size)
    else:
        curve = shape_curve(params.shape)
        matrix = placement_matrix(params.placement, curve_size(curve))
        layer = fill_shape(curve, occluder, matrix, face.size)
    return layer
