"""A program's icon for Windows from one drawing: `python -m tools.windows_icon DRAWING.svg desk.ico`.

Every size that Windows asks for, each drawn for itself and kept as PNG, as Windows has read them since Vista. Run by
whoever builds the Windows installer; nothing of it is at a seat."""

import argparse
import os
import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def packed(pictures: dict[int, bytes]) -> bytes:
    """An ICO file of these PNGs by their edge in pixels, 1 to 256."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at, entries = len(head) + 16 * len(pictures), b""
    for edge, png in pictures.items():
        entries += struct.pack("<BBBBHHII", edge % 256, edge % 256, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + entries + b"".join(pictures.values())


def drawn(renderer: QSvgRenderer, edge: int) -> bytes:
    """As PNG, without what surrounds it."""
    picture = QImage(edge, edge, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, the manual a str
    return bytes(held.data())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drawing", type=Path)
    parser.add_argument("icon", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "minimal")
    application = QGuiApplication([])
    renderer = QSvgRenderer(str(arguments.drawing))
    if not renderer.isValid():
        raise SystemExit(f"{arguments.drawing} is no drawing (SVG)")
    arguments.icon.write_bytes(packed({edge: drawn(renderer, edge) for edge in SIZES}))
    del application


if __name__ == "__main__":
    main()
