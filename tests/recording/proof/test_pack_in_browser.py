"""The evidence pack in a real browser, from a disk, without a network: green as it was made, red where one byte is
another, and what it plays is on the right side."""

import hashlib
import random
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from desk.domain.evidence import Neighbours
from desk.recording.proof import pack_page
from desk.recording.proof.pack import HtmlPacks
from tests.recording.proof.browser import BYTES_CHECKED, Page
from tests.recording.proof.evidence import evidence_of, opener_of, pack_of
from tests.recording.proof.sealed import SealedVault

SETTLED = """document.readyState === 'complete' && (!document.documentElement.dataset.runs
    || ['whole', 'changed'].includes(document.documentElement.dataset.verdict)) && 'yes'"""
VERDICT = "document.documentElement.dataset.verdict || 'did not run'"
WARNS = "getComputedStyle(document.documentElement, '::before').content.includes('Not checked')"
RMS = """(async () => {
    const bytes = Uint8Array.from(atob(document.getElementById('audio').textContent), c => c.charCodeAt(0));
    const heard = await new OfflineAudioContext(2, 1, 16000).decodeAudioData(bytes.buffer);
    const loud = (side, from, until) => { const s = heard.getChannelData(side); let sum = 0;
        for (let i = from * 16000; i < until * 16000; i += 1) sum += s[i] * s[i];
        return Math.sqrt(sum / ((until - from) * 16000)); };
    return [heard.numberOfChannels, heard.duration, loud(0, 1, 3), loud(0, 5, 7), loud(1, 1, 3), loud(1, 5, 7)]; })()"""
LISTEN = """(() => { const player = window.deskPlayer; player.wire(); const graph = player.graph();
    const split = graph.context.createChannelSplitter(2); graph.merger.connect(split);
    window.ears = [0, 1].map(side => {
        const ear = graph.context.createAnalyser(); split.connect(ear, side); return ear; });
    window.loud = () => window.ears.map(ear => { const s = new Float32Array(2048); ear.getFloatTimeDomainData(s);
        return Math.sqrt(s.reduce((sum, one) => sum + one * one, 0) / 2048); });
    player.both.checked = false; player.level(); document.getElementById('play').click(); })()"""


def verdict_of(page: Page, file: Path) -> str:
    page.load(file)
    page.wait_for(SETTLED)
    found: str = page.evaluate(VERDICT)
    return found


def _other(byte: int, kind: int) -> int:
    """Another one: a bit of it, no ASCII any more, a line's end, NUL."""
    return [byte ^ 1, byte ^ 0x80, 0x0A, 0x0D, 0, byte ^ 2][kind % 6]


@pytest.fixture
def pack(vault: SealedVault) -> bytes:
    vault.add(1)
    return pack_of(vault, vault.add(2, seconds=8.0)).content


def test_pack_is_green_and_asks_for_nothing(page: Page, pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.html"
    file.write_bytes(pack)
    assert verdict_of(page, file) == "whole"
    assert "完整未改动" in page.evaluate("document.querySelector('.verdict.whole').innerText")
    checks = page.evaluate(
        "[...document.querySelectorAll('.checks li')].map(l => l.dataset.check + ' ' + l.dataset.ok)"
    )
    assert checks == [f"{name} yes" for name in ("document", "facts", "audio", "manifest", "spans", "seal")]
    assert not page.requests
    assert not page.console
    text = page.evaluate("document.body.innerText")
    for told in (
        "王芳",
        "5栋2单元203",
        "20261122-S01-0001",
        "</script> & <!--",
        "催办",
        "2001 @ S09",
        "此处承诺当天上门",
    ):
        assert told in text, told


def test_page_shows_the_figure_that_the_change_log_holds(page: Page, pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.html"
    file.write_bytes(pack)
    verdict_of(page, file)
    assert page.evaluate("document.getElementById('fingerprint').textContent") == hashlib.sha256(pack).hexdigest()


def test_bare_call_makes_a_green_pack_too(page: Page, vault: SealedVault, tmp_path: Path) -> None:
    """No ticket, nobody known, nothing marked; and a change log that does not reach back to the recording before it."""
    vault.add(1)
    evidence = evidence_of(vault, vault.add(2))
    call = replace(evidence.call, person_id=None, household_id=None, ticket_id=None, answered_at=None, display_name="")
    recording = replace(evidence.recording, marks=())
    bare = replace(
        evidence,
        call=call,
        recording=recording,
        tickets=(),
        comments=(),
        listenings=(),
        neighbours=Neighbours(),
        names=(),
    )
    file = tmp_path / "pack.html"
    HtmlPacks(opener_of(vault)).make(bare, lambda _share: None).write(file)
    assert verdict_of(page, file) == "whole"
    assert not page.console


def test_page_says_of_what_each_change_is(page: Page, pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.html"
    file.write_bytes(pack)
    assert verdict_of(page, file) == "whole"
    cells = "[...document.querySelectorAll('tr')].map(r => [...r.cells].map(c => c.textContent))"
    told = {(row[2], row[3]) for row in page.evaluate(cells) if len(row) == 5}
    assert ("任务 task", "阶段 stage：等待 waiting → 受理 accepted\n处理人 handler：– → 李师傅") in told
    assert ("承诺回电 promise", "状态 state：– → 已兑现 kept") in told


def test_what_people_wrote_is_not_taken_for_a_code(page: Page, vault: SealedVault, tmp_path: Path) -> None:
    """Nor for a name that every object of the page's language has."""
    evidence = evidence_of(vault, vault.add(1))
    (story,) = evidence.tickets
    ticket = replace(story.ticket, description="done", place_text="p1")
    changed = replace(story.changes[0], patch={"stage": "registered", "description": "closed"})
    odd = replace(
        evidence,
        call=replace(evidence.call, display_name="constructor", line="toString"),
        recording=replace(evidence.recording, marks=("0.100 constructor",)),
        tickets=(replace(story, ticket=ticket, changes=(changed,)),),
    )
    file = tmp_path / "pack.html"
    HtmlPacks(opener_of(vault)).make(odd, lambda _share: None).write(file)
    assert verdict_of(page, file) == "whole"
    text = page.evaluate("document.body.innerText")
    for code in ("native code", "完成 done", "关闭 closed"):
        assert code not in text, code
    shown = page.evaluate("[...document.querySelectorAll('dd')].map(d => d.textContent)")
    for told in ("done", "p1", "constructor", "toString", "王芳", "派单 dispatched"):
        assert told in shown, told
    assert "登记 registered" in text


def test_one_changed_byte_anywhere_is_red(page: Page, pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.html"
    chosen = random.Random(7)
    first_block = pack.index(b'<script type="application/json"')
    tags = [pack.index(f'<script type="application/json" id="{name}"'.encode()) for name in pack_page.BLOCKS]
    ends = [pack.index(b"</script>", place) for place in tags]
    in_tags = [
        *range(0, 120, 9),  # doctype, character set, policy
        *(chosen.randrange(first_block) for _ in range(14)),  # its own hash, style
        *(place + chosen.randrange(-20, 12) for place in tags for _ in range(2)),  # tags between the blocks
        len(pack) - 1,
        len(pack) - 5,
    ]
    contents = [*zip(tags, ends, strict=True), (ends[-1] + 9, len(pack) - 9)]  # the last is the script
    within = [chosen.randrange(start + 48, end) for start, end in contents for _ in range(5)]
    assert len(in_tags) + len(within) > 60
    for number, place in enumerate(in_tags + within):
        changed = bytearray(pack)
        changed[place] = _other(pack[place], number if number >= len(in_tags) else 0)
        file.write_bytes(changed)
        found = verdict_of(page, file)
        assert found != "whole", f"byte {place}: {pack[max(0, place - 20) : place + 20]!r}"
        if found == "did not run" and b"</style>" in changed:
            assert page.evaluate(WARNS) or page.evaluate("!document.querySelector('.whole')")


def test_changed_content_is_named(page: Page, pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.html"
    for name in ("facts", "audio"):
        place = pack.index(f'id="{name}">'.encode()) + 2_000
        changed = bytearray(pack)
        changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
        file.write_bytes(changed)
        assert verdict_of(page, file) == "changed"
        wrong = page.evaluate("[...document.querySelectorAll('.checks li.no')].map(l => l.dataset.check)")
        assert name in wrong or name == "facts"
        assert "document" in wrong
        assert "已被改动" in page.evaluate("document.querySelector('.verdict').innerText")


def test_what_a_browser_does_not_tell_apart_is_seen_byte_by_byte(page: Page, pack: bytes, tmp_path: Path) -> None:
    """A tag in capitals makes the same document; the very bytes do not."""
    file = tmp_path / "pack.html"
    changed = pack.replace(b"<style>", b"<Style>", 1)
    for content, expected in ((pack, "whole"), (changed, "changed")):
        file.write_bytes(content)
        assert verdict_of(page, file) == "whole"
        page.evaluate(BYTES_CHECKED % pack_page.base64_block(content))
        assert page.wait_for("document.documentElement.dataset.bytes") == expected
        assert page.evaluate(VERDICT) == expected


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_both_sides_come_out_where_they_belong(
    page: Page, vault: SealedVault, codec: Literal["opus", "flac"], tmp_path: Path
) -> None:
    file = tmp_path / "pack.html"
    pack_of(vault, vault.add(1, seconds=8.0, codec=codec)).write(file)
    verdict_of(page, file)
    channels, duration_s, left_first, left_second, right_first, right_second = page.evaluate(RMS)
    assert channels == 2
    assert abs(duration_s - 8) < 0.1
    assert left_first > 10 * left_second
    assert right_second > 10 * right_first
    page.evaluate(LISTEN)
    page.wait_for("(() => { const [l, r] = window.loud(); return l > 0.05 && r < l / 5; })()")
    page.evaluate("window.deskPlayer.seek(5000)")
    page.wait_for("(() => { const [l, r] = window.loud(); return r > 0.05 && l < r / 5; })()")
    page.evaluate("(() => { window.deskPlayer.right.checked = false; window.deskPlayer.level(); })()")
    page.wait_for("(() => { const [l, r] = window.loud(); return l < 0.03 && r < 0.03; })()")
    assert not page.console
