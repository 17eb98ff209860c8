"""`desk update`: what its words do. The installed version does them, whichever runs: they must work when the chosen one
does not. What they change counts from the next start of the seat on."""

import getpass
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.updates import note_needs, updater_of, versions_of
from desk.domain.updates import for_everybody, is_version, is_withdrawn, order
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.i18n import _
from desk.settings import Settings
from desk.updating import archive, channel, starter
from desk.updating import choice as choices
from desk.updating import state as states
from desk.updating.choice import Choice
from desk.updating.download import Pace, Stopped
from desk.updating.health import failed_why
from desk.updating.publish import Key, Publisher, Wish
from desk.updating.source import FolderSource, SourceAway, source_of
from desk.updating.updater import lay_beside
from desk.updating.versions import note_service, this_platform
from desk.updating.where import told_folder
from desk.version import build

Say = Callable[[str], None]


@dataclass(frozen=True)
class NoSeat:
    """Of a command: nobody is disturbed. Implements `updating.updater.Seat`."""

    def in_call(self) -> bool:
        return False

    def stopping(self) -> bool:
        return False

    def is_away(self) -> bool:
        return False

    def is_whole(self) -> bool:
        return False

    def lines_up(self) -> tuple[str, ...]:
        return ()

    def well(self) -> tuple[str, ...]:
        return ()

    def restart(self) -> None:
        return

    def ask(self, version: str, days: int) -> None:
        del version, days


class AnySeat(NoSeat):
    """Of the computer's service: whoever sits here may be in a call. A call's voice has ports of its own, which the
    phone has open for as long as it runs."""

    def in_call(self) -> bool:
        import psutil

        from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS

        ports = range(AUDIO_PORT, AUDIO_PORT + AUDIO_PORTS)
        found = {one.pid for one in psutil.net_connections("udp") if one.pid and one.laddr and one.laddr.port in ports}
        return any(_is_phone(pid) for pid in found)


def _is_phone(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).cmdline()[-2:] == ["--process", "phone"]
    except psutil.Error:
        return False


def run(settings: Settings, arguments: Namespace, say: Say = print) -> int:
    """One of the words; the exit code. Raises `Fault`, `OSError`."""
    match arguments.action:
        case "status":
            return _status(settings, arguments, say)
        case "look":
            return _look(settings, say)
        case "fetch":
            return _fetch(settings, say)
        case "install":
            return _install(settings, arguments.file, say)
        case "apply":
            return _apply(settings, arguments.version, say)
        case "back":
            return _back(settings, say)
        case "hold":
            return _hold(settings, not arguments.off, say)
        case _:
            return _publish(arguments, say)


# ---- a seat


def _status(settings: Settings, arguments: Namespace, say: Say) -> int:
    own = told_folder(settings.data_dir)
    kept, state, versions = choices.read(own), states.read(own), versions_of(settings)
    runs = kept.version or _installed()
    told = {
        "runs": runs,
        "installed": _installed(),
        "trial": kept.trial,
        "before": kept.before,
        "failed": kept.failed,
        "held": kept.held,
        "channel": settings.update.channel,
        "looked_at": state.looked_at.isoformat() if state.looked_at else "",
        "list_issued_at": state.issued_at.isoformat() if state.issued_at else "",
        "offered": sorted({one.version for one in state.offers if one.platform == this_platform()}, key=order),
        "ready": state.ready,
        "on_disk": versions.all(),
        "waits": state.waits,
        "trouble": state.trouble,
    }
    if arguments.json:
        say(json.dumps(told, ensure_ascii=False))
        return exit_codes.OK
    for line in _lines(settings, kept, told):
        say(line)
    return exit_codes.FAULT if state.trouble else exit_codes.OK


def _lines(settings: Settings, kept: Choice, told: dict[str, object]) -> list[str]:
    own = told_folder(settings.data_dir)
    state = states.read(own)
    trial = " " + _("(on trial)") if kept.trial else ""
    lines = [
        _("Version: {version}{trial}; installed: {installed}").format(
            version=told["runs"], trial=trial, installed=told["installed"]
        )
    ]
    if not settings.update.channel:
        lines.append(_("No channel is set ([update] channel): new versions come by a package or by a file."))
    elif state.looked_at is None:
        lines.append(_("Channel: {channel}; not looked at yet").format(channel=settings.update.channel))
    else:
        at = state.looked_at.astimezone(CHINA)
        lines.append(
            _("Channel: {channel}; looked at {at:%Y-%m-%d %H:%M}").format(channel=settings.update.channel, at=at)
        )
    if state.ready:
        lines.append(_("Ready: {version}").format(version=state.ready))
    if state.waits:
        lines.append(_("Waits: {why}").format(why=state.waits))
    for version, why in kept.failed.items():
        lines.append(_("Not tried again: {version} ({why})").format(version=version, why=failed_why(why)))
    if kept.held:
        lines.append(_("Updates are held at this seat (desk update hold)."))
    if state.trouble:
        lines.append("! " + state.trouble)
    return lines


def _look(settings: Settings, say: Say) -> int:
    if not settings.update.channel:
        raise Fault(_("No channel is set ([update] channel)."))
    updater = updater_of(settings, None, NoSeat())
    updater.look()
    state = updater.state
    if state.trouble:
        raise Fault(state.trouble)
    say(_("Ready: {version}").format(version=state.ready) if state.ready else _("Nothing new for this seat."))
    return exit_codes.OK


def _fetch(settings: Settings, say: Say) -> int:
    """For the whole computer: everything that any seat here may take is got ready, and what is old goes."""
    if not settings.update.channel:
        return exit_codes.OK  # the service runs on every computer
    own, versions = told_folder(settings.data_dir), versions_of(settings)
    try:
        source = source_of(settings.update.channel, settings.update.ca_file)
        data = source.small(channel.FILE, channel.MOST_BYTES)
        signature = source.small(channel.SIGNATURE_FILE, 10_000)
        state = states.read(own)
        before = state.seen if state.channel == settings.update.channel else channel.Seen()
        found, seen = channel.believed(data, signature, settings.update.keys, before)
        states.write(
            own,
            replace(
                state,
                channel=settings.update.channel,
                seen=seen,
                looked_at=now(),
                issued_at=found.issued_at,
                offers=found.offers,
            ),
        )
        note_service(versions.folder)
        wanted = for_everybody(found.offers, this_platform(), _installed(), now(), versions.needed())
        for offer in wanted:
            if not versions.has(offer.version):
                lay_beside(versions, source, offer, AnySeat(), Pace(settings.update.kbit_s * 125))
                say(_("Ready: {version}").format(version=offer.version))
    except (channel.ChannelRefused, SourceAway, archive.BadArchive, Stopped) as error:
        raise Fault(str(error)) from error
    withdrawn = [one for one in versions.all() if is_withdrawn(found.offers, this_platform(), one)]
    versions.prune_unused([one.version for one in wanted], withdrawn=withdrawn)
    return exit_codes.OK


def _install(settings: Settings, file: Path, say: Say) -> int:
    """The file is proven by the channel's list beside it, as if it had come from there."""
    own, versions = told_folder(settings.data_dir), versions_of(settings)
    if not settings.update.keys:
        raise Fault(_("[update] keys is empty: without IT's public key no version can be believed."))
    state = states.read(own)
    try:
        source = FolderSource(file.absolute().parent)
        data = source.small(channel.FILE, channel.MOST_BYTES)
        signature = source.small(channel.SIGNATURE_FILE, 10_000)
        found, seen = channel.believed(data, signature, settings.update.keys, state.seen)
        offer = next((one for one in found.offers if one.file == file.name), None)
        if offer is None:
            raise Fault(_("The signed list beside it does not know {file}.").format(file=file.name))
        if offer.platform != this_platform():
            raise Fault(
                _("{file} is for {platform}; this computer is {here}.").format(
                    file=file.name, platform=offer.platform, here=this_platform()
                )
            )
        if offer.withdrawn:
            raise Fault(_("IT has taken back version {version}.").format(version=offer.version))
        if not versions.has(offer.version):
            if not versions.is_writable:
                raise Fault(
                    _("{folder} cannot be written by this user: run this as administrator.").format(
                        folder=versions.folder
                    )
                )
            versions.make_way(choices.used_by(choices.read(own), _installed()))
            lay_beside(versions, source, offer, NoSeat(), Pace())
    except (channel.ChannelRefused, SourceAway, archive.BadArchive) as error:
        raise Fault(str(error)) from error
    states.write(own, replace(state, seen=seen, issued_at=found.issued_at, offers=found.offers))
    return _apply(settings, offer.version, say)


def _apply(settings: Settings, version: str, say: Say) -> int:
    own, versions = told_folder(settings.data_dir), versions_of(settings)
    kept, state = choices.read(own), states.read(own)
    version = version or state.ready
    if not version:
        raise Fault(_("No version lies ready. Look for one with `desk update look`."))
    if not is_version(version) or not versions.has(version):
        raise Fault(
            _("Version {version} does not lie on this computer. Those that do: {all}").format(
                version=version, all=", ".join(versions.all()) or _("none")
            )
        )
    if is_withdrawn(state.offers, this_platform(), version):
        raise Fault(_("IT has taken back version {version}.").format(version=version))
    if version == (kept.version or _installed()):
        say(_("Version {version} runs here already.").format(version=version))
        return exit_codes.OK
    failed = {one: why for one, why in kept.failed.items() if one != version}  # somebody wants it tried again
    before = replace(kept, version=kept.before, folder=kept.before_folder) if kept.trial else kept
    folder = versions.path(version)
    wanted = choices.trial_of(replace(before, failed=failed), version, folder, _installed(), state.lines, state.well)
    note_needs({*choices.used_by(wanted, _installed()), state.ready} - {""})
    choices.write(own, wanted)
    say(_("From the next start on version {version} runs, on trial.").format(version=version))
    return exit_codes.OK


def _back(settings: Settings, say: Say) -> int:
    own = told_folder(settings.data_dir)
    kept = choices.read(own)
    if not kept.version:
        raise Fault(_("The installed version runs here; there is none to go back to."))
    gone = choices.gone_back(kept, "asked")
    choices.write(own, gone)
    say(_("From the next start on version {version} runs again.").format(version=gone.version or _installed()))
    return exit_codes.OK


def _hold(settings: Settings, held: bool, say: Say) -> int:
    own = told_folder(settings.data_dir)
    kept = choices.read(own)
    choices.write(own, replace(choices.not_begun(kept) if held else kept, held=held))
    say(_("This seat takes nothing new.") if held else _("This seat takes updates again."))
    return exit_codes.OK


def _installed() -> str:
    return os.environ.get(starter.INSTALLED_VERSION) or build().version


# ---- IT


def _publish(arguments: Namespace, say: Say) -> int:
    publisher = Publisher(arguments.channel, lambda: _key(arguments.key), now)
    match arguments.action:
        case "publish":
            wish = Wish(
                percent=arguments.percent,
                earliest=arguments.earliest,
                least_from=arguments.least_from,
                note_zh=arguments.note_zh,
                note_en=arguments.note_en,
            )
            offer = publisher.publish(arguments.bundle, wish)
            say(
                _("{file}, {megabytes} MB, is offered to {percent} % of the seats.").format(
                    file=offer.file, megabytes=round(offer.size / 1e6), percent=offer.percent
                )
            )
        case "stage":
            publisher.change(arguments.version, percent=arguments.percent)
            say(
                _("Version {version} is offered to {percent} % of the seats.").format(
                    version=arguments.version, percent=arguments.percent
                )
            )
        case _:
            publisher.change(arguments.version, withdrawn=not arguments.off)
            say(
                _("Version {version} is offered again.").format(version=arguments.version)
                if arguments.off
                else _("Version {version} is taken back: seats that have it return to the one before.").format(
                    version=arguments.version
                )
            )
    return exit_codes.OK


def _key(file: Path) -> Key:
    """The password is asked for, or read from standard input."""
    secret = file.read_text("utf-8")
    if sys.stdin.isatty():
        return Key(secret, getpass.getpass(_("Password of the key: ")))
    return Key(secret, sys.stdin.readline().rstrip("\r\n"))
