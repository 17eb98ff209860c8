"""The `.seal` object: it reads back, and nothing else than the bytes that Desk writes is taken for one."""

import json
from dataclasses import replace

import pytest

from desk.domain.seal import Seal, canonical
from desk.recording.sealing.seal_file import SealDamaged, SealFile, read_seal, seal_bytes

SEAL = Seal(
    call_id="01957000-0000-7000-8000-000000000001",
    seat="坐席1",
    chain="S01-0badcafe",
    place=7,
    previous="0" * 64,
    sealed_at="2026-11-22T08:01:00.000000Z",
    started_at="2026-11-22T08:00:00.000000Z",
    interrupted=False,
    codec="opus",
    rate_hz=16_000,
    length_ms=1_000,
    audio_bytes=9_000,
    manifest_sha256="1" * 64,
    spans=("2" * 64,),
    sealed_bytes=9_216,
    sealed_sha256="3" * 64,
)
KEY = b"age-encryption.org/v1\n-> X25519 of some length"


def test_a_seal_reads_back() -> None:
    found = read_seal(seal_bytes(SEAL, KEY))
    assert isinstance(found, SealFile)
    assert (found.seal, found.key) == (SEAL, KEY)


def test_any_flipped_bit_is_noticed_without_a_key() -> None:
    content = seal_bytes(SEAL, KEY)
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(SealDamaged):
            read_seal(bytes(changed))


def test_what_reads_the_same_and_is_written_otherwise_is_no_seal() -> None:
    content = seal_bytes(SEAL, KEY)
    others = (
        content + b"\n",
        content.replace(b":", b": ", 1),
        json.dumps(json.loads(content), sort_keys=True, separators=(",", ":")).encode() + b"\n",
        canonical(json.loads(content) | {"remark": "one field more"}) + b"\n",
        content.replace(b'"length_ms":1000', b'"length_ms":1000.0'),
    )
    for other in others:
        with pytest.raises(SealDamaged):
            read_seal(other)


def test_a_wrapped_key_that_was_exchanged_does_not_go_with_its_hash() -> None:
    value = json.loads(seal_bytes(SEAL, KEY)) | {"key": json.loads(seal_bytes(SEAL, KEY + b"!"))["key"]}
    with pytest.raises(SealDamaged, match="wrapped key"):
        read_seal(canonical(value) + b"\n")


@pytest.mark.parametrize(
    "seal",
    [
        replace(SEAL, place=2**70),
        replace(SEAL, place=0),
        replace(SEAL, sealed_bytes=-1),
        replace(SEAL, length_ms=2**53),
        replace(SEAL, audio_bytes=70_000),
        replace(SEAL, sealed_sha256="A" * 64),
    ],
)
def test_figures_that_no_seal_has_are_refused(seal: Seal) -> None:
    with pytest.raises(SealDamaged):
        read_seal(seal_bytes(seal, KEY))


def test_half_a_character_is_refused() -> None:
    content = seal_bytes(SEAL, KEY).replace("坐席1".encode(), rb"\ud800")
    with pytest.raises(SealDamaged):
        read_seal(content)
