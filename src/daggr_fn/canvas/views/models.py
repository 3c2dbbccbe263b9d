"""How large a 3D model is, read from its file, so that the camera looks at it from the right distance."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MOST_BYTES = 64_000_000


class Bounds(NamedTuple):
    """A ball around a model, in the units of its file."""

    center: tuple[float, float, float]
    radius: float


def bounds(path: Path) -> Bounds | None:
    """The ball around a GLB, GLTF or STL model; `None` where the file does not tell.

    glTF: the `min` and `max` of the positions (glTF 2.0, 3.6.2.4), without the transforms of nodes.
    """
    if path.stat().st_size > _MOST_BYTES:
        return None
    try:
        corners = _stl(path.read_bytes()) if path.suffix.lower() == ".stl" else _gltf(path)
        return _ball(list(corners))
    except (ValueError, KeyError, TypeError, struct.error):  # not what its name says; the scene tells what it can
        return None


def _gltf(path: Path) -> Iterable[Any]:
    data = path.read_bytes()
    if data[:4] == b"glTF":
        length = struct.unpack_from("<I", data, 12)[0]
        data = data[20 : 20 + length]
    document: dict[str, Any] = json.loads(data)
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            accessor = document["accessors"][primitive["attributes"]["POSITION"]]
            yield from (accessor["min"], accessor["max"])


def _stl(data: bytes) -> Iterable[Any]:
    """Binary: 80 bytes, the number of triangles, 50 bytes each. Text: lines `vertex x y z`."""
    count = struct.unpack_from("<I", data, 80)[0] if len(data) >= 84 else -1
    if len(data) == 84 + 50 * count:
        for triangle in range(count):
            numbers = struct.unpack_from("<9f", data, 84 + 50 * triangle + 12)
            yield from (numbers[0:3], numbers[3:6], numbers[6:9])
        return
    for line in data.decode("ascii", "replace").splitlines():
        if line.strip().startswith("vertex"):
            yield [float(one) for one in line.split()[1:4]]


def _ball(corners: list[Any]) -> Bounds | None:
    if not corners:
        return None
    low = [min(corner[axis] for corner in corners) for axis in range(3)]
    high = [max(corner[axis] for corner in corners) for axis in range(3)]
    x, y, z = ((one + other) / 2 for one, other in zip(low, high, strict=True))
    radius = sum((other - one) ** 2 for one, other in zip(low, high, strict=True)) ** 0.5 / 2
    return Bounds((x, y, z), radius or 1.0)
