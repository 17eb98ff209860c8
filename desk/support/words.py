"""What went wrong in one sentence, and what to do, in the language of the seat. For agents: no codes, no names of
protocols; what IT needs stands in the bundle.

Pure functions, any thread; the language is chosen when they are called."""

from desk.domain.mishaps import CallSeen, Mishap, Seen
from desk.i18n import _


def sentence(mishap: Mishap, seen: Seen) -> str:
    """Why it was bad."""
    return {**_of_the_call(), **_of_the_line(), **_of_the_seat()}[mishap].format(
        loss=_percent(seen.call),
        code=seen.call.cause if seen.call is not None else 0,
        stall_s=f"{seen.stall_ms / 1000:.1f}",
        slept_s=f"{seen.slept_s:.0f}",
    )


def remedy(mishap: Mishap) -> str:
    """What to do now; "" where nothing is to be done."""
    return {**_remedies_of_the_call(), **_remedies_of_the_line(), **_remedies_of_the_seat()}[mishap]


def _of_the_call() -> dict[Mishap, str]:
    return {
        Mishap.PHONE_RESTARTED: _("The telephone part of Desk broke down and was started again; the call was cut off."),
        Mishap.COMPUTER_SLEPT: _("The computer stood still for {slept_s} s; nothing was heard or sent meanwhile."),
        Mishap.HEADSET_GONE: _("The headset was gone: pulled out, switched off or out of reach."),
        Mishap.NO_MICROPHONE: _("No microphone could be used: the caller could not hear you."),
        Mishap.NO_EARPIECE: _("No earpiece could be used: you could not hear the caller."),
        Mishap.NO_AUDIO_AGREED: _("The exchange connected the call without sound."),
        Mishap.MICROPHONE_DEAD: _("Not a sound came from the microphone: the caller could not hear you."),
        Mishap.MUTED: _("The microphone was muted for most of the call."),
        Mishap.FAR_SIDE_SILENT: _("Nothing arrived from the caller's side: their sound did not reach this computer."),
        Mishap.COMPUTER_LATE: _("This computer was too busy to keep up with the sound: it crackled."),
        Mishap.NETWORK_LOSS: _("The network lost parts of the sound (up to {loss} %)."),
        Mishap.NETWORK_JITTER: _("The network delivered the sound unevenly, so that parts came too late."),
        Mishap.NETWORK_DELAY: _("The network took long: you and the caller heard each other late."),
        Mishap.EXCHANGE_CODEC: _("The exchange sent the sound in a poor quality."),
        Mishap.MICROPHONE_QUIET: _("Your microphone was very quiet."),
    }


def _of_the_line() -> dict[Mishap, str]:
    return {
        Mishap.PASSWORD_WRONG: _("The exchange refused this seat's password: no call can come in."),
        Mishap.PASSWORD_MISSING: _("This seat's telephone password is not in the keyring: no call can come in."),
        Mishap.SERVER_UNVERIFIED: _("The exchange's certificate could not be verified: no call can come in."),
        Mishap.PORT_BUSY: _("Another program on this computer uses the telephone's port."),
        Mishap.SEAT_TWICE: _("Another telephone is signed in with this seat's account and takes its calls."),
        Mishap.LINE_GONE: _("The exchange could not be reached for some time."),
        Mishap.NO_SUCH_NUMBER: _("The exchange says that this number does not exist ({code})."),
        Mishap.FAR_BUSY: _("The other side was busy."),
        Mishap.NOT_ANSWERED: _("Nobody answered at the other side, or their telephone is off."),
        Mishap.NOT_ALLOWED: _("The exchange does not allow this call ({code})."),
        Mishap.FORMAT_REFUSED: _("Desk and the exchange could not agree on a sound format ({code})."),
        Mishap.EXCHANGE_FAILED: _("The exchange could not make the connection ({code})."),
        Mishap.ENDED_AT_ONCE: _("The other side ended the call as soon as it was answered."),
        Mishap.RANG_OUT: _("The caller hung up before the call was answered."),
    }


def _of_the_seat() -> dict[Mishap, str]:
    return {
        Mishap.DISK_FULL: _("The disk of this computer is full."),
        Mishap.STORE_BROKEN: _("This seat's data cannot be read or written."),
        Mishap.RECORDING_FAILED: _("The call could not be recorded."),
        Mishap.WINDOW_RESTARTED: _("The window broke down and was started again."),
        Mishap.WINDOW_STUCK: _("The window stood still for {stall_s} s."),
        Mishap.BACKGROUND_RESTARTED: _("The background service broke down and was started again."),
        Mishap.CENTRE_REFUSED: _("The central database refused this seat."),
        Mishap.CENTRE_AWAY: _("The central database could not be reached; what you wrote is kept at this seat."),
        Mishap.VAULT_AWAY: _("The vault could not be reached; finished recordings wait at this seat."),
        Mishap.NOTHING: _("Desk saw nothing wrong in the last minutes."),
    }


def _remedies_of_the_call() -> dict[Mishap, str]:
    network = _("IT: look at this computer's network cable or Wi-Fi and at the way to the exchange; prefer a cable.")
    exchange = _("IT: look at the audio settings of the exchange for this line.")
    return {
        Mishap.PHONE_RESTARTED: _("Call back. If it happens again, give IT this record."),
        Mishap.COMPUTER_SLEPT: _("IT: switch off standby for this computer while the hotline is open."),
        Mishap.HEADSET_GONE: _("Push the plug in firmly, or charge the headset; then try it with F10."),
        Mishap.NO_MICROPHONE: _("Choose the headset's microphone with F10."),
        Mishap.NO_EARPIECE: _("Choose the headset's earpiece with F10."),
        Mishap.NO_AUDIO_AGREED: exchange,
        Mishap.MICROPHONE_DEAD: _("See whether the headset's own mute switch is on, then try it with F10."),
        Mishap.MUTED: _("F4 mutes and unmutes; the call bar shows it in red."),
        Mishap.FAR_SIDE_SILENT: _("Call back. If it comes again: IT looks at the firewall and the way of RTP."),
        Mishap.COMPUTER_LATE: _("Close what you do not need; IT looks at what keeps this computer busy."),
        Mishap.NETWORK_LOSS: network,
        Mishap.NETWORK_JITTER: network,
        Mishap.NETWORK_DELAY: network,
        Mishap.EXCHANGE_CODEC: exchange,
        Mishap.MICROPHONE_QUIET: _("Bring the microphone nearer to your mouth, or raise its volume with F10."),
    }


def _remedies_of_the_line() -> dict[Mishap, str]:
    return {
        Mishap.PASSWORD_WRONG: _("IT: keep the right password with `desk secret set`."),
        Mishap.PASSWORD_MISSING: _("IT: keep the password with `desk secret set`, or enrol the seat anew."),
        Mishap.SERVER_UNVERIFIED: _("IT: look at the exchange's certificate and this computer's clock."),
        Mishap.PORT_BUSY: _("Close other telephone programs. IT: or give Desk another port."),
        Mishap.SEAT_TWICE: _("Sign out the other telephone, or ask IT which one it is."),
        Mishap.LINE_GONE: _("Desk signs in again by itself. If it lasts: IT looks at the network and the exchange."),
        Mishap.NO_SUCH_NUMBER: _("Check the number. If it is right: IT looks at the dial plan."),
        Mishap.FAR_BUSY: _("Try again later."),
        Mishap.NOT_ANSWERED: _("Try again later."),
        Mishap.NOT_ALLOWED: _("IT: look at what this line may dial."),
        Mishap.FORMAT_REFUSED: _("IT: look at `codecs` and `srtp` of this line and at the exchange's."),
        Mishap.EXCHANGE_FAILED: _("Try again. If it comes again: IT looks at the exchange and its trunk."),
        Mishap.ENDED_AT_ONCE: _("Call back."),
        Mishap.RANG_OUT: _("Call back: the number stands in the call log (Ctrl+H)."),
    }


def _remedies_of_the_seat() -> dict[Mishap, str]:
    return {
        Mishap.DISK_FULL: _("IT: make room on this computer's disk now; recordings are in danger."),
        Mishap.STORE_BROKEN: _("Tell IT now: `desk doctor` says more."),
        Mishap.RECORDING_FAILED: _("Tell your supervisor which call it was. IT: look at the disk and its folders."),
        Mishap.WINDOW_RESTARTED: _("What you typed is still there. If it happens again, give IT this record."),
        Mishap.WINDOW_STUCK: _("If it happens again, give IT this record."),
        Mishap.BACKGROUND_RESTARTED: _("Nothing is lost. If it happens again, give IT this record."),
        Mishap.CENTRE_REFUSED: _("Tell IT: `desk doctor` says why."),
        Mishap.CENTRE_AWAY: _("Go on working. If it lasts: IT looks at the network and the database."),
        Mishap.VAULT_AWAY: _("Go on working. If it lasts: IT looks at the vault."),
        Mishap.NOTHING: _("Write below what you noticed; IT sees the rest."),
    }


def _percent(call: CallSeen | None) -> str:
    return f"{call.worst_loss:.0f}" if call is not None and call.worst_loss is not None else "?"
