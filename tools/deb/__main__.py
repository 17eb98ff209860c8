"""`python -m tools.deb`: build/desk_VERSION_amd64.deb from build/bundle/desk."""

import argparse
import json
import sys
from pathlib import Path

from tools.bundle.needs import UnknownLibrary
from tools.deb.build import build

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.deb", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=ROOT / "build" / "bundle" / "desk", metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=ROOT / "build", metavar="FOLDER")
    arguments = parser.parse_args()
    stamp = arguments.bundle / "_internal" / "desk" / "_build.json"
    if not stamp.exists():
        print(f"no package: {arguments.bundle} holds no bundle of Desk; make one with `make bundle`", file=sys.stderr)
        return 1
    try:
        package = build(
            arguments.bundle, json.loads(stamp.read_text(encoding="utf-8")), ROOT / "installer", arguments.out
        )
    except UnknownLibrary as error:
        print(f"no package: {error}", file=sys.stderr)
        return 1
    print(f"{package}: {package.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
