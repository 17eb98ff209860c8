"""Signatures of files from outside: minisign reads ours, and nothing that was changed passes."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.signed import KeyPair, NotSigned, new_keys, proven, sign

PASSWORD = "correct horse"
DATA = "[line]\nregistrar = '总机.example.com'\n".encode()


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return new_keys(PASSWORD)


@pytest.fixture(scope="module")
def signature(keys: KeyPair) -> bytes:
    return sign(DATA, keys.secret, PASSWORD, "company", "3 2026-11-22")


def test_a_signed_file_gives_back_what_its_signer_said(keys: KeyPair, signature: bytes) -> None:
    assert proven(DATA, signature, "company", [keys.public]) == "3 2026-11-22"


@settings(max_examples=60, deadline=None)
@given(bit=st.integers(0, len(DATA) * 8 - 1))
def test_no_bit_of_the_file_can_be_changed(keys: KeyPair, signature: bytes, bit: int) -> None:
    changed = bytearray(DATA)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotSigned) as refused:
        proven(bytes(changed), signature, "company", [keys.public])
    assert refused.value.reason == "changed"


def test_the_comment_cannot_be_changed(keys: KeyPair, signature: bytes) -> None:
    with pytest.raises(NotSigned) as refused:
        proven(DATA, signature.replace(b"company 3", b"company 4"), "company", [keys.public])
    assert refused.value.reason == "changed"


def test_another_keys_signature_is_foreign(signature: bytes) -> None:
    with pytest.raises(NotSigned) as refused:
        proven(DATA, signature, "company", [new_keys(PASSWORD).public])
    assert refused.value.reason == "foreign"


def test_a_signature_for_something_else_is_refused(keys: KeyPair, signature: bytes) -> None:
    with pytest.raises(NotSigned) as refused:
        proven(DATA, signature, "update", [keys.public])
    assert refused.value.reason == "purpose"


@pytest.mark.parametrize(
    "rubbish", [b"", b"\n\n\n\n", b"untrusted comment: x\nRW\ntrusted comment: y\nzz", b"\xff\xfe" * 40]
)
def test_what_is_no_signature_is_unsigned(keys: KeyPair, rubbish: bytes) -> None:
    with pytest.raises(NotSigned) as refused:
        proven(DATA, rubbish, "company", [keys.public])
    assert refused.value.reason == "unsigned"


def test_a_wrong_password_signs_nothing(keys: KeyPair) -> None:
    with pytest.raises(ValueError, match=r"."):
        sign(DATA, keys.secret, "wrong", "company", "1")


def test_minisign_itself_agrees(tmp_path: Path, keys: KeyPair, signature: bytes) -> None:
    file = tmp_path / "company.toml"
    file.write_bytes(DATA)
    (tmp_path / "company.toml.minisig").write_bytes(signature)
    done = subprocess.run(
        ["minisign", "-V", "-P", keys.public, "-m", str(file)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "desk company 3 2026-11-22" in done.stdout
