"""Pictures of Desk's icon in the sizes that desktops ask for, drawn from installer/icons/desk.svg by Qt, and the .ico
of Windows: `python tools/icons.py FOLDER`. Same drawing, same bytes."""

import os
import struct
import sys
from pathlib import Path

DRAWING = Path(__file__).parents[1] / "installer" / "icons" / "desk.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_IN_ICO = (16, 24, 32, 48, 256)


def write(folder: Path, drawing: Path = DRAWING) -> None:
    """desk-SIZE.png and desk.ico, into the folder (made where it is missing)."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    _app = QGuiApplication([])
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(str(drawing)).render(painter)
        painter.end()
        image.save(str(folder / f"desk-{size}.png"))
    (folder / "desk.ico").write_bytes(_ico({size: (folder / f"desk-{size}.png").read_bytes() for size in _IN_ICO}))


def _ico(drawn: dict[int, bytes]) -> bytes:
    """Windows' icon file, with PNGs in it (since Vista)."""
    chosen = sorted(drawn.items())
    head, at = struct.pack("<HHH", 0, 1, len(chosen)), 6 + 16 * len(chosen)
    for size, png in chosen:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + b"".join(png for _size, png in chosen)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
