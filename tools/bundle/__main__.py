"""`python -m tools.bundle`: build/bundle/desk from a commit (HEAD). `--twice` builds it once more elsewhere and
compares every file. The same on Linux and, by installer/windows/build.ps1, on Windows. Two to four minutes."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bundle import compare, freeze, licences, needs, parts, sbom, source

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bundle", description=__doc__)
    parser.add_argument("--commit", default="HEAD", metavar="NAME", help="which one (default: HEAD)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle" / "desk", metavar="FOLDER")
    parser.add_argument("--twice", action="store_true", help="build it again elsewhere, and compare")
    arguments = parser.parse_args()
    try:
        commit = source.commit(ROOT, arguments.commit)  # once: somebody may commit meanwhile
        _build(commit, arguments.out)
        if not arguments.twice:
            return 0
        with tempfile.TemporaryDirectory(prefix="desk-again-") as folder:
            again = Path(folder) / "elsewhere" / "desk"
            _build(commit, again)
            differences = compare.differences(arguments.out, again)
    except (subprocess.CalledProcessError, freeze.MissingModule, parts.UnnamedPart, needs.UnknownLibrary) as error:
        print(f"no bundle: {error}", file=sys.stderr)
        return 1
    print("\n".join(differences) or "built twice: every file is the same")
    return 1 if differences else 0


def _build(commit: source.Commit, out: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="desk-bundle-") as folder:
        work = Path(folder)
        tree = work / "source"
        build = source.export(ROOT, commit, tree)
        made = freeze.freeze(tree, work, commit.epoch_s)
        if sys.platform == "linux":
            freeze.strip(made)
            needs.packages(made)
        found = parts.read(freeze.parts_file(work), tree)
        shutil.copy(tree / "LICENSE", made / "LICENSE")
        (made / licences.FILE).write_text(
            licences.text(found, tree / "installer" / "licences"), encoding="utf-8", newline="\n"
        )
        (made / sbom.FILE).write_text(
            sbom.document(found, build, made / freeze.INTERNAL), encoding="utf-8", newline="\n"
        )
        freeze.settle(made, commit.epoch_s)
        freeze.copy_out(made, out)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file() and not file.is_symlink())
    print(f"{out}: {build}, {size / 1e6:.0f} MB, {len(found)} parts of others")


if __name__ == "__main__":
    sys.exit(main())
