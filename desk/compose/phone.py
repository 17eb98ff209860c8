"""Builds the phone process: SIP, headset and recorder. No SQL and no widgets are loaded here."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from desk.compose.clock import new_id, now
from desk.compose.notes import ProcessNotes
from desk.compose.self_check_phone import self_check_of
from desk.domain.commands import ChooseHeadset
from desk.link.addresses import address_for, token_of
from desk.link.child import ChildLife
from desk.link.sockets import LinkServer
from desk.recording.spool.recorder import SpoolRecorder
from desk.resources import resources_dir
from desk.secrets import KeyringSecrets
from desk.settings import LineSettings, Settings
from desk.settings.plan import plan_of
from desk.telephony.aside_recorder import AsideRecorder
from desk.telephony.calls.call_memory import CallMemory
from desk.telephony.calls.mobile_areas import MobileAreas
from desk.telephony.calls.post_dial import PostDial
from desk.telephony.clients import Server
from desk.telephony.companion import Workplace
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.care import HeadsetCare
from desk.telephony.headset.chosen import ChosenHeadset
from desk.telephony.headset.miniaudio import MiniaudioHeadset
from desk.telephony.headset.port import Headset, NoHeadset
from desk.telephony.keys.hid_bus import HidapiBus
from desk.telephony.keys.hid_headset import HidHeadsetKeys
from desk.telephony.keys.port import HeadsetKeys, NoHeadsetKeys
from desk.telephony.keys.work import KeysAtWork
from desk.telephony.media_notes import MediaNotes
from desk.telephony.pj.stack import PjStack
from desk.telephony.process import PhoneProcess
from desk.telephony.prompts.player import Prompts
from desk.telephony.prompts.shelf import PromptShelf
from desk.telephony.quality_watch import QualityWatch


def run(settings: Settings) -> int:
    phone: PhoneProcess | None = None
    life = ChildLife("phone", settings.runtime_dir, now, busy=lambda: phone is not None and phone.busy)
    life.start()
    notes = ProcessNotes(settings, "phone")

    def make_server(
        on_join: Callable[[Any], None], on_message: Callable[[Any, Any], None], on_leave: Callable[[Any], None]
    ) -> Server:
        address, token = address_for(settings.runtime_dir, "phone"), token_of(settings.runtime_dir)
        return LinkServer(address, token, "phone", on_join=on_join, on_message=on_message, on_leave=on_leave)

    heard_sip = notes.sip_listener()

    def beat() -> None:
        life.beat()
        notes.tick(time.monotonic())

    def make_stack(lines: Sequence[LineSettings], frames: FrameClock) -> PjStack:
        return PjStack(lines, frames, _password_of, hold_music=settings.phone.hold_music, on_message=heard_sip)

    spool = SpoolRecorder(
        settings.spool_dir,
        now,
        seat=settings.seat.name,
        agent=lambda: phone.agent if phone else settings.seat.sits,
        on_failed=lambda call_id, wrong: phone.recording_failed(call_id, wrong) if phone else None,
        on_mended=lambda call_id: phone.recording_mended(call_id) if phone else None,
        second_folder=settings.spool_dirs[1] if len(settings.spool_dirs) > 1 else None,
        mirror=settings.recording.mirror,
        warn_free_bytes=settings.recording.warn_free_mb * 1_000_000,
        on_state=lambda troubles: phone.spool_is(troubles) if phone else None,
    )
    spool.recover()
    recorder = AsideRecorder(spool)
    plan = plan_of(settings.dial, settings.line.area_code, MobileAreas(resources_dir() / "mobile_areas.bin").home)
    phone = PhoneProcess(
        settings.lines,
        _headset(settings),
        make_stack,
        recorder,
        make_server,
        now,
        new_id,
        beat,
        life.stop_requested,
        agent=settings.seat.sits,
        on_ready=life.ready,
        phone=settings.phone,
        memory=CallMemory(settings.data_dir),
        plan=plan,
        companions=[
            HeadsetCare,
            QualityWatch,
            PostDial,
            lambda place: KeysAtWork(place, _keys(settings)),
            lambda place: _prompts(settings, place),
            self_check_of(settings, plan, recorder),
            lambda place: MediaNotes(place, notes.note),
        ],
        listeners=[notes],
    )
    phone.spool_is(spool.troubles)  # as they are by now; later changes tell themselves
    code = phone.run()
    notes.close()
    life.close()
    return code


def _prompts(settings: Settings, place: Workplace) -> Prompts:
    shipped = resources_dir() / "sounds" / "prompts" / settings.seat.language
    shelf = PromptShelf(settings.data_dir / "prompts", shipped)
    told = settings.phone
    return Prompts(place, shelf, greeting=told.greeting, recording_notice=told.recording_notice)


def _keys(settings: Settings) -> HeadsetKeys:
    wanted = settings.headset.keys and settings.headset.kind == "sound"
    return HidHeadsetKeys(HidapiBus) if wanted else NoHeadsetKeys()


def _headset(settings: Settings) -> Headset:
    named = settings.headset
    if named.kind == "none":
        return NoHeadset()
    by_settings = ChooseHeadset(named.microphone, named.earpiece, named.ring_device)
    return MiniaudioHeadset(ChosenHeadset(settings.data_dir, by_settings, now), named.ring_on_speakers)


def _password_of(line: LineSettings) -> Callable[[], str | None]:
    return lambda: KeyringSecrets().get(f"sip:{line.user}@{line.registrar}")
