"""IT's side: puts a bundle into a channel, widens or withdraws it, and signs the list anew. The files are written
first and the list last, so that no seat ever reads of what is not there yet. A command's main thread."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desk import signed
from desk.domain.updates import Offer, is_version, order
from desk.faults import Fault
from desk.i18n import _
from desk.updating import archive, channel
from desk.updating.channel import Channel
from desk.usecases.ports import Clock

STAMP = Path("_internal") / "desk" / "_build.json"  # in a bundle
PROGRAMS = {"desk.exe": "windows-x86_64", "desk": "linux-x86_64"}


@dataclass(frozen=True, slots=True)
class Key:
    """minisign's secret key file, and the password that opens it."""

    secret: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a version is offered."""

    percent: int = 100
    earliest: datetime | None = None
    least_from: str = ""
    note_zh: str = ""
    note_en: str = ""


class Publisher:
    """Raises `Fault` for what cannot be, `OSError`. `key()` is asked last, when all else is known to be right."""

    def __init__(self, folder: Path, key: Callable[[], Key], clock: Clock) -> None:
        self._folder, self._key, self._clock = folder, key, clock

    def read(self) -> Channel:
        """What the channel says now; an empty one where there is none."""
        file = self._folder / channel.FILE
        if not file.exists():
            return Channel(0, self._clock())
        try:
            return channel.parse(file.read_bytes())
        except channel.ChannelRefused as error:
            raise Fault(f"{file}: {error}") from error

    def publish(self, bundle: Path, wish: Wish) -> Offer:
        """A version that is in the channel already is not replaced: seats may have it."""
        version, platform = identify(bundle)
        now = self.read()
        if any((one.version, one.platform) == (version, platform) for one in now.offers):
            raise Fault(
                _(
                    "Version {version} for {platform} is in the channel already. A changed program needs a new version."
                ).format(version=version, platform=platform)
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"desk-{version}-{platform}{archive.SUFFIX}"
        try:
            packed = archive.pack(bundle, file)
        except archive.BadArchive as error:
            raise Fault(str(error)) from error
        offer = Offer(
            version,
            platform,
            file.name,
            packed.size,
            packed.sha256,
            packed.unpacked,
            wish.percent,
            wish.earliest,
            wish.least_from,
            wish.note_zh,
            wish.note_en,
        )
        self._write(now, (*now.offers, offer))
        return offer

    def change(self, version: str, *, percent: int | None = None, withdrawn: bool | None = None) -> list[Offer]:
        """For every platform that has it; those changed."""
        now = self.read()
        found = [one for one in now.offers if order(one.version) == order(version) and order(version)]
        if not found:
            raise Fault(_("The channel has no version {version}.").format(version=version))
        changed = [
            replace(
                one,
                percent=one.percent if percent is None else percent,
                withdrawn=one.withdrawn if withdrawn is None else withdrawn,
            )
            for one in found
        ]
        swap = dict(zip(found, changed, strict=True))
        self._write(now, tuple(swap.get(one, one) for one in now.offers))
        return changed

    def _write(self, before: Channel, offers: tuple[Offer, ...]) -> None:
        wanted = Channel(before.serial + 1, self._clock(), tuple(sorted(offers, key=_place)))
        data = channel.text_of(wanted)
        channel.parse(data)  # what no seat would read is not signed
        key = self._key()
        try:
            signature = signed.sign(data, key.secret, key.password, "update", f"channel {wanted.serial}")
        except ValueError as error:
            raise Fault(_("The key does not open: wrong file, or wrong password.")) from error
        # Between the two a seat finds a signature that does not fit, says so, and looks again later.
        _put(self._folder / channel.FILE, data)
        _put(self._folder / channel.SIGNATURE_FILE, signature)


def identify(bundle: Path) -> tuple[str, str]:
    """Version and platform of a bundle's folder. Raises `Fault`."""
    platform = next((platform for name, platform in PROGRAMS.items() if (bundle / name).is_file()), None)
    try:
        version = str(json.loads((bundle / STAMP).read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        version = ""
    if platform is None or not is_version(version):
        raise Fault(_("{folder} is no bundle of Desk: it has no program, or no version.").format(folder=bundle))
    return version, platform


def _place(offer: Offer) -> tuple[tuple[int, ...], str]:
    return order(offer.version), offer.platform


def _put(file: Path, data: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(data)
    part.replace(file)
