"""Taking a recording out: who may, and what is on record before. Over the store in memory and over the real one."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.domain.evidence import SoundForm, SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, NotAllowed, Role
from desk.domain.times import to_text
from desk.usecases.evidence import EvidenceRefused
from desk.usecases.recording_ports import (
    Cancelled,
    NotForYou,
)
from tests.usecases.conftest import World
from tests.usecases.evidence_scene import SUPERVISOR, Scene, scene_of

AGENT = Listener("1001", Role.AGENT)


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


def test_pack_is_on_record_with_its_hash_before_the_file_is_there(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    target = tmp_path / "pack.html"
    seen: list[bool] = []
    append = scene.world.log.append

    def watching(changes):  # type: ignore[no-untyped-def]
        seen.append(target.exists())
        append(changes)

    scene.world.log.append = watching  # type: ignore[method-assign]
    scene.pack.make(call_id, SUPERVISOR, target)
    entry = scene.entries(call_id)[-1]
    assert (entry.access, entry.who) == (Access.PACKED, "1001")
    assert entry.detail == hashlib.sha256(target.read_bytes()).hexdigest()
    assert seen == [False]


@pytest.mark.parametrize(
    ("listener", "why"),
    [(AGENT, NotAllowed.SUPERVISORS_ONLY), (Listener("", Role.SUPERVISOR), NotAllowed.NOT_SIGNED_IN)],
)
def test_only_supervisors_take_recordings_out(
    scene: Scene, tmp_path: Path, listener: Listener, why: NotAllowed
) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    order = SoundOrder(SoundForm.MP3)
    tries: list[Callable[[], object]] = [
        lambda: scene.pack.make(call_id, listener, tmp_path / "a"),
        lambda: scene.audio.export(call_id, listener, order, tmp_path / "b"),
    ]
    for attempt in tries:
        with pytest.raises(EvidenceRefused) as refused:
            attempt()
        assert refused.value.why is why
    assert [(e.access, e.detail) for e in scene.entries(call_id)] == [
        (Access.REFUSED, f"pack: {why.value}"),
        (Access.REFUSED, f"export mp3 two channels: {why.value}"),
    ]
    assert list(tmp_path.glob("[ab]")) == []


def test_deleted_and_missing_recordings_cannot_be_packed(scene: Scene, tmp_path: Path) -> None:
    deleted = scene.recorded(scene.world.call("1"), deleted_at=to_text(scene.world.now), deleted_why="90 days")
    never = CallId(scene.world.call("2"))
    for call_id, why in ((deleted, "deleted"), (never, "not logged")):
        with pytest.raises(EvidenceRefused) as refused:
            scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html")
        assert refused.value.why is None
        assert [(e.access, e.detail) for e in scene.entries(call_id)] == [(Access.REFUSED, f"pack: {why}")]
    assert not scene.packs.asked


def test_failed_tries_are_on_record_and_leave_no_file(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    scene.packs.error = NotForYou("no key")
    with pytest.raises(NotForYou):
        scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html")
    with pytest.raises(Exception, match=f"{call_id}"):
        scene.audio.export(call_id, SUPERVISOR, SoundOrder(SoundForm.WAV), tmp_path / "x.wav")
    assert [e.detail for e in scene.entries(call_id)] == ["pack: NotForYou", "export wav two channels: RecordingAway"]
    assert not list(tmp_path.glob("*.html")) + list(tmp_path.glob("*.wav"))


def test_cancelled_pack_leaves_neither_file_nor_entry(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))

    def stop(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html", stop)
    assert scene.entries(call_id) == []
    assert not (tmp_path / "pack.html").exists()


def test_export_is_on_record_with_its_form(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    scene.opener.files[f"2026/03/02/{call_id}.age"] = b"sound"
    scene.audio.export(call_id, SUPERVISOR, SoundOrder(SoundForm.WAV, mixed=True), tmp_path / "x.wav")
    assert (tmp_path / "x.wav").read_bytes() == b"sound"
    assert [(e.access, e.detail) for e in scene.entries(call_id)] == [(Access.EXPORTED, "wav mixed")]
