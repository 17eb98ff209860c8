"""One disputed call for the tests: its recording sealed, its ticket with a history, a comment, listenings; and the pack
of it."""

from dataclasses import replace
from datetime import timedelta

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.changes import Change
from desk.domain.evidence import Evidence, Neighbours, TicketStory
from desk.domain.identity import CallId, ChangeId, HouseholdId, PersonId, TicketId
from desk.domain.listening import Access, Comment, Listening
from desk.domain.party import Direction
from desk.domain.seal import seal_hash
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.recording.playing.stream import SealedOpener
from desk.recording.proof.pack import HtmlPack, HtmlPacks
from desk.recording.vault.folder_vault import FolderVault
from tests.recording.proof.sealed import T0, SealedVault

TICKET = TicketId("01957000-0000-7000-8000-0000000000aa")


def recording_of(vault: SealedVault, stem: str) -> RecordingEntry:
    seal = vault.seals[stem]
    return RecordingEntry(
        CallId(seal.call_id),
        RecordingKept.KEPT,
        file=f"{stem}.age",
        sha256=seal.sealed_sha256,
        length_ms=seal.length_ms,
        codec=seal.codec,
        marks=("0.000 answered", "0.400 held", "0.800 resumed"),
        chain=seal.chain,
        chain_place=seal.place,
        seal_hash=seal_hash(seal),
    )


def opener_of(vault: SealedVault) -> SealedOpener:
    return SealedOpener(FolderVault(vault.root), lambda: [vault.supervisor])


def evidence_of(vault: SealedVault, stem: str) -> Evidence:
    recording = recording_of(vault, stem)
    call = CallEntry(
        recording.call_id,
        "热线",
        Direction.INCOMING,
        "13800138000",
        "+8613800138000",
        "王女士",
        "",
        T0,
        "S01",
        "1001",
        Outcome.ANSWERED,
        T0,
        T0 + timedelta(minutes=1),
        person_id=PersonId("p1"),
        household_id=HouseholdId("h1"),
        ticket_id=TICKET,
    )
    ticket = Ticket(
        TICKET,
        "20261122-S01-0001",
        Kind.REPAIR,
        "repair.water.pipe",
        Priority.HIGH,
        Stage.DISPATCHED,
        "厨房漏水 </script> & <!-- \u2028",
        T0,
        "1001",
        "S01",
        "5栋2单元203",
        HouseholdId("h1"),
        person_id=PersonId("p1"),
        caller_name="王芳",
        contact_number="13800138000",
        call_id=recording.call_id,
    )
    changes = (
        Change(ChangeId("c1"), "ticket", TICKET, T0, "1001", "S01", {"stage": "registered", "description": "厨房漏水"}),
        Change(
            ChangeId("c2"), "ticket", TICKET, T0 + timedelta(hours=1), "1002", "S02", {"stage": "dispatched"}, "催办"
        ),
        Change(ChangeId("c3"), "task", "k1", T0, "1001", "S01", {"stage": "waiting", "title": "修水管"}),
        Change(ChangeId("c4"), "task", "k1", T0, "1001", "S01", {"stage": "accepted", "handler_id": "s1"}),
        Change(ChangeId("c5"), "promise", "p1", T0, "1001", "S01", {"state": "kept"}),
    )
    heard = Listening("l1", Access.PLAYED, "2001", "S09", T0 + timedelta(days=1), recording.call_id, "", 0, 900)
    previous = vault.seals[stem].previous
    return Evidence(
        call,
        recording,
        (TicketStory(ticket, changes, own=True),),
        (),
        (),
        (Comment("k1", recording.call_id, 500, "此处承诺当天上门", "2001", T0 + timedelta(days=1)),),
        (heard,),
        Neighbours(previous, ""),
        (("h1", "5栋2单元203"), ("p1", "王芳"), ("s1", "李师傅")),
        2,
        T0 + timedelta(days=2),
        "2001",
        "S09",
    )


def pack_of(vault: SealedVault, stem: str) -> HtmlPack:
    evidence = evidence_of(vault, stem)
    return HtmlPacks(opener_of(vault)).make(replace(evidence), lambda _share: None)
