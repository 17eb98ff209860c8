"""What the doctor looks at: one row per check, in the order in which it is told. A row's first word is its name, for
monitoring; the second the group whose checks follow each other; the third who looks; then the checks that it needs."""

from collections.abc import Callable, Sequence
from typing import Literal

from desk.compose.doctor_place import Place
from desk.domain.health import Finding, Level
from desk.domain.troubles import Trouble
from desk.health import clock, https_certificate, keyring, machine, words
from desk.i18n import _
from desk.provisioning import health as provisioning
from desk.recording import health as recording
from desk.store import health as store
from desk.telephony.health import audio_ports, call_found, keys_look, lines_found, sound_found
from desk.updating import choice as choices
from desk.updating import health as updating
from desk.updating import state as states
from desk.updating.where import told_folder
from desk.usecases.doctor import Check
from desk.version import build
from desk.wire import CentralState

Look = Callable[[], Sequence[Finding]]
ROUND_LONG_S = 5.0  # of the exchange, in which some hundred changes go up and come down
BACKLOG = 500  # unsent changes: a seat files a few dozen in an hour


def table(place: Place) -> list[Check]:
    settings = place.settings
    centre = place.centre() if settings.central.url else None
    rows: list[tuple[str, str, Look, tuple[str, ...]]] = [
        ("settings", "computer", _settings_read, ()),
        ("versions", "computer", machine.versions, ()),
        ("folders", "computer", lambda: machine.folders(settings), ()),
        ("disk", "computer", lambda: machine.disk(settings), ()),
        ("crashes", "computer", lambda: machine.crashes(settings), ()),
        ("keyring", "keyring", lambda: keyring.kind(place.secrets), ()),
        ("keyring.entries", "keyring", lambda: keyring.entries(settings, place.secrets), ("keyring",)),
        ("seat.processes", "seat", lambda: _processes(place), ()),
        ("store", "store", lambda: _store(place), ("keyring",)),
        ("changes", "store", lambda: _changes(place), ("store",)),
        *_headset(place),
        *_lines(place),
    ]
    if centre is not None:
        rows += [
            ("central", "central", centre.reached, ("keyring",)),
            ("central.certificate", "central", centre.certificate, ("central",)),
            ("central.rights", "central", centre.rights, ("central", "central.certificate")),
            ("central.exchange", "central", lambda: _exchange(place), ("central.rights", "seat.processes")),
            ("clock", "central", lambda: clock.compared(centre.ahead_s, with_centre=True), ("central.rights",)),
        ]
    else:
        rows.append(("clock", "sip", lambda: clock.compared(place.servers.ahead_s, with_centre=False), ("sip.server",)))
    rows += [
        ("vault.certificate", "vault", lambda: _web_certificate(place, "vault"), ()),
        (
            "vault",
            "vault",
            lambda: recording.vault(place.vault()),
            ("vault.certificate", *(("keyring",) if settings.vault.access_key else ())),
        ),
        ("recordings", "vault", lambda: _recordings(place), ()),
        *([("retention", "vault", lambda: _retention(place), ())] if settings.retention.automatic else []),
        *([("residents", "store", lambda: _residents(place), ())] if settings.residents.folder else []),
        ("company_file", "computer", lambda: _company_file(place), ()),
        ("update", "computer", lambda: _update(place), ()),
        ("update.certificate", "update", lambda: _web_certificate(place, "update"), ()),
    ]
    return [Check(name, group, look, needs) for name, group, look, needs in rows]


def _headset(place: Place) -> list[tuple[str, str, Look, tuple[str, ...]]]:
    if place.settings.headset.kind == "none":
        return []
    return [
        ("sound", "sound", lambda: _of_headset(place, "sound"), ()),
        ("headset.microphone", "sound", lambda: _of_headset(place, "headset.microphone"), ("sound",)),
        ("headset.earpiece", "sound", lambda: _of_headset(place, "headset.earpiece"), ("sound",)),
        ("headset.level", "sound", lambda: _of_headset(place, "headset.level"), ("sound",)),
        *([("headset.keys", "sound", keys_look.keys, ())] if place.settings.headset.keys else []),
    ]


def _lines(place: Place) -> list[tuple[str, str, Look, tuple[str, ...]]]:
    rows: list[tuple[str, str, Look, tuple[str, ...]]] = [
        ("sip.server", "sip", place.servers.findings, ()),
        ("sip.certificate", "sip", place.servers.certificates, ()),
        ("sip.port", "sip", lambda: _ports(place), ()),
        ("sip.audio", "sip", audio_ports.look, ()),
        ("sip.registration", "sip", lambda: _registrations(place), ()),
    ]
    if place.test_call:
        rows.append(("call.test", "sip", lambda: _test_call(place), ("sip.server", "sip.port", "sip.registration")))
    return rows


def _settings_read() -> Sequence[Finding]:
    """They were, else nobody would have come here."""
    return (Finding("settings", Level.OK, _("They are read, and every value fits.")),)


def _processes(place: Place) -> Sequence[Finding]:
    seat = place.seat()
    if seat is None:
        return (Finding("seat.processes", Level.OK, _("No seat runs here now; lines and headset were looked at.")),)
    away = sorted({"launcher", "phone", "sync"} - seat.attached)
    if not away:
        return (Finding("seat.processes", Level.OK, _("Telephone and background service answer.")),)
    return (
        Finding(
            "seat.processes",
            Level.WRONG,
            _("These processes of the seat do not answer: {names}.").format(names=", ".join(away)),
            _("Wait some seconds, they restart by themselves. If they do not, close the seat and start it again."),
        ),
    )


def _store(place: Place) -> Sequence[Finding]:
    look = place.store()
    if look.is_there and place.secrets().get(keyring.STORE) is None:
        return (Finding("store", Level.UNCHECKED, words.WhyUnchecked().because_of("keyring.entries")),)
    return look.findings()


def _changes(place: Place) -> Sequence[Finding]:
    return store.changes(place.store().waiting(), place.clock(), alone=not place.settings.central.url)


def _of_headset(place: Place, check: str) -> Sequence[Finding]:
    heard = place.headset()
    if heard is None:
        return (Finding(check, Level.UNCHECKED, words.WhyUnchecked().because_of("seat.processes")),)
    match check:
        case "sound":
            return sound_found.sound(heard.state)
        case "headset.microphone":
            return sound_found.microphone(heard.state)
        case "headset.earpiece":
            return sound_found.earpiece(heard.state)
        case _:
            return sound_found.level(heard.state, heard.loudest_dbfs)


def _ports(place: Place) -> Sequence[Finding]:
    seen = place.lines()
    if seen is None:
        return (Finding("sip.port", Level.UNCHECKED, words.WhyUnchecked().because_of("seat.processes")),)
    return list(lines_found.ports(place.settings.lines, seen.reports))


def _registrations(place: Place) -> Sequence[Finding]:
    why, seen = words.WhyUnchecked(), place.lines()
    if seen is None:
        return (Finding("sip.registration", Level.UNCHECKED, why.because_of("seat.processes")),)
    by_label = {report.line: report for report in seen.reports}
    found = []
    for line in place.settings.lines:
        report = by_label.get(line.label)
        faulty = place.servers.faulty(line)
        if faulty and (report is None or not report.ready):
            because = f"{line.label}: {why.because_of(faulty)}"
            found.append(Finding("sip.registration", Level.UNCHECKED, because, figures={"line": line.label}))
        else:
            found.append(lines_found.registration(line, report))
    return found


def _test_call(place: Place) -> Sequence[Finding]:
    if not place.test_uri:
        return (
            Finding("call.test", Level.UNCHECKED, _("The line has no exchange that a test call could go through.")),
        )
    seen = place.lines()
    seat = place.seat()
    if seat is not None and seat.in_call:
        return (Finding("call.test", Level.UNCHECKED, _("No test call is made while a call runs.")),)
    if seen is None or seen.call is None:
        return (Finding("call.test", Level.UNCHECKED, words.WhyUnchecked().because_of("sip.registration")),)
    return (call_found.found(seen.call),)


def _exchange(place: Place) -> Sequence[Finding]:
    """Only a running seat knows it."""
    seat = place.seat()
    if seat is None or seat.central is None:
        return ()
    state = seat.central
    figures: dict[str, float | int | str] = {"lag_ms": round(state.lag_ms, 1), "unsent": state.unsent}
    if state.trouble == Trouble.CODE_USED_TWICE.value:
        return (
            Finding(
                "central.exchange",
                Level.WARNING,
                _("This seat's enrolment code was used at another computer before: {computer}.").format(
                    computer=state.detail
                ),
                _("Make new codes for both (desk provision codes), enrol both anew, and change this seat's passwords."),
                figures,
            ),
        )
    if state.trouble == Trouble.AUTHOR_AWAITED.value:
        return (
            Finding(
                "central.exchange",
                Level.WARNING,
                _("What {people} wrote waits at this seat, and no other one has it.").format(people=state.detail),
                _(
                    "They bring it by signing in here with their password. Where people sign in from the list see "
                    "author_awaited in docs/central.md."
                ),
                figures,
            ),
        )
    if state.trouble:
        return (
            Finding(
                "central.exchange",
                Level.WARNING,
                _("The seat reports: {trouble} ({detail}).").format(trouble=state.trouble, detail=state.detail),
                _("The lamp of the centre in the seat's window says what to do."),
                figures,
            ),
        )
    if not state.connected:
        return (Finding("central.exchange", Level.WARNING, _("The seat is not connected just now."), "", figures),)
    return (_keeps_up(state, figures),)


def _keeps_up(state: CentralState, figures: dict[str, float | int | str]) -> Finding:
    """An exchange that goes on may still be too slow for what there is to exchange."""
    check, said = "central.exchange", {"seconds": state.lag_ms / 1000, "unsent": state.unsent}
    if state.filled_permille < 1000:
        filling = _("This seat is being filled from the centre: {percent} % is here, {unsent} changes wait to be sent.")
        figures["filled_percent"] = state.filled_permille // 10
        return Finding(check, Level.OK, filling.format(percent=state.filled_permille // 10, **said), figures=figures)
    if state.unsent >= BACKLOG:
        return Finding(
            check,
            Level.WARNING,
            _("The seat falls behind: {unsent} changes wait to be sent; the last round took {seconds:.1f} s.").format(
                **said
            ),
            _("After an import wait until it is through. Else look at the network and the server: desk central status"),
            figures,
        )
    if state.lag_ms >= ROUND_LONG_S * 1000:
        return Finding(
            check,
            Level.WARNING,
            _("The exchange is slow: the last round took {seconds:.1f} s; {unsent} changes wait to be sent.").format(
                **said
            ),
            _("Look at the network to the centre and at the server's load: desk central status"),
            figures,
        )
    ok = _("The seat exchanges with the centre: the last round took {seconds:.1f} s, {unsent} changes wait to be sent.")
    return Finding(check, Level.OK, ok.format(**said), figures=figures)


def _recordings(place: Place) -> Sequence[Finding]:
    seat = place.seat()
    trouble = seat.recordings.trouble if seat is not None and seat.recordings is not None else ""
    if trouble == Trouble.SEAL_KEY_MISSING.value:
        return (
            Finding(
                "recordings",
                Level.WRONG,
                _("Recordings cannot be sealed: there is no usable key."),
                _("Check the keyring, and the recipients in [recording]. Recordings stay on this PC until then."),
            ),
        )
    waiting = recording.waiting(place.settings)
    if seat is not None and seat.recordings is not None and seat.recordings.withheld:
        waits = _("Recordings of calls that went on in the second folder, which is not there: {count}.")
        return (
            Finding(
                "recordings",
                Level.WARNING,
                waits.format(count=seat.recordings.withheld),
                _(
                    "Connect `[recording] overflow_folder` again. If it is lost for good, take it out of the settings:"
                    " what is here is sealed then."
                ),
                {"withheld": seat.recordings.withheld},
            ),
            *(one for one in waiting if one.level is not Level.OK),
        )
    return waiting


def _retention(place: Place) -> Sequence[Finding]:
    """Only a running seat knows how its last run ended."""
    seat = place.seat()
    if seat is None or seat.recordings is None:
        return (Finding("retention", Level.UNCHECKED, words.WhyUnchecked().because_of("seat.processes")),)
    if not seat.recordings.retention:
        return (Finding("retention", Level.OK, _("Nothing keeps it from deleting what is due by the rules.")),)
    return (
        Finding(
            "retention",
            Level.WARNING,
            _("Nothing is deleted that is due: {why}").format(why=seat.recordings.retention),
            _("`desk retention` shows what is due. What is deleted once does not come back: look before --apply."),
        ),
    )


def _residents(place: Place) -> Sequence[Finding]:
    """What is looked for night by night, and nobody sees."""
    seat = place.seat()
    if seat is None or seat.lists is None:
        return (Finding("residents", Level.UNCHECKED, words.WhyUnchecked().because_of("seat.processes")),)
    lists = seat.lists
    if not lists.trouble and not lists.remarks:
        return (Finding("residents", Level.OK, _("The last list of the folder was taken, as far as there was one.")),)
    why = _("The last list was not taken: {why}") if lists.trouble else _("The last list was taken, with {why}")
    return (
        Finding(
            "residents",
            Level.WARNING,
            why.format(why=lists.trouble or lists.remarks),
            _("Read the report: {file}").format(file=lists.report) if lists.report else _("Look at the folder."),
        ),
    )


def _company_file(place: Place) -> Sequence[Finding]:
    return provisioning.company_file(place.file, place.clock()) if place.file is not None else ()


def _web_certificate(place: Place, of: Literal["vault", "update"]) -> Sequence[Finding]:
    vault, update = place.settings.vault, place.settings.update
    storage = vault.endpoint if vault.url.startswith("s3://") else ""
    address, ca_file = (storage, vault.ca_file) if of == "vault" else (update.channel, update.ca_file)
    warn_days = place.settings.doctor.certificate_days
    return https_certificate.look(f"{of}.certificate", address, ca_file, place.clock(), warn_days)


def _update(place: Place) -> Sequence[Finding]:
    folder = told_folder(place.settings.data_dir)
    channel = place.settings.update.channel
    return updating.update(choices.read(folder), states.read(folder), channel, build().version, place.clock())
