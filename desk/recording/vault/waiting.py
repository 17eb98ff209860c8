"""What waits at this seat to be brought to the vault, as it lies in the folder of sealed recordings: `2026/11/22/` with
`<call_id>.age` and `<call_id>.seal`. And where that goes which can never be brought there: `aside/`, with a text beside
it that says why, for people to look at. Nothing here is deleted. Any thread."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX

ASIDE = "aside"
_DIGITS = re.compile(r"\d{2,4}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """`day` as "2026/11/22". Where only the seal is left, the rest was brought and cleared before."""

    folder: Path
    day: str
    call_id: str

    @property
    def audio(self) -> Path:
        return self.folder / f"{self.call_id}{AUDIO_SUFFIX}"

    @property
    def seal(self) -> Path:
        return self.folder / f"{self.call_id}{SEAL_SUFFIX}"

    @property
    def audio_name(self) -> str:
        return f"{self.day}/{self.call_id}{AUDIO_SUFFIX}"

    @property
    def seal_name(self) -> str:
        return f"{self.day}/{self.call_id}{SEAL_SUFFIX}"


def waiting_in(sealed_dir: Path) -> list[Waiting]:
    """Oldest first. Raises `OSError` for a folder that cannot be read; none at all is as good as an empty one."""
    found = []
    for day in _days(sealed_dir):
        name = day.relative_to(sealed_dir).as_posix()
        stems = sorted(file.stem for file in day.iterdir() if file.suffix == SEAL_SUFFIX and not file.is_dir())
        found += [Waiting(day, name, stem) for stem in stems]
    return found


def set_aside(sealed_dir: Path, one: Waiting, why: str) -> Path:
    """Both files and the reason, out of the way of the rest. The folder they lie in now. Raises `OSError`."""
    target = sealed_dir / ASIDE
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    (target / f"{one.call_id}.txt").write_text(f"{one.audio_name}\n{why}\n", encoding="utf-8")
    for file in (one.audio, one.seal):  # the seal last: as long as it is here, this is done again
        if file.exists():
            file.replace(target / file.name)
    return target


def aside_in(sealed_dir: Path) -> int:
    """How many recordings lie aside."""
    return len(list((sealed_dir / ASIDE).glob("*.txt")))


def _days(sealed_dir: Path) -> Iterator[Path]:
    for year in _numbered(sealed_dir):
        for month in _numbered(year):
            yield from _numbered(month)


def _numbered(folder: Path) -> list[Path]:
    try:
        entries = list(folder.iterdir())
    except FileNotFoundError:
        return []
    return sorted(entry for entry in entries if _DIGITS.fullmatch(entry.name) and entry.is_dir())
