"""S3 over a bad network, with wrong keys and wrong names: each server is used for what it honours."""

import hashlib
import json
import logging
import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import botocore.auth  # type: ignore[import-untyped]
import botocore.awsrequest  # type: ignore[import-untyped]
import botocore.credentials  # type: ignore[import-untyped]
import pytest

from desk.recording.vault import s3_request
from desk.recording.vault.port import Pace, unhurried
from desk.recording.vault.s3_request import Bucket, S3Requests
from desk.recording.vault.s3_upload import S3Upload, Taken, _State
from desk.recording.vault.s3_vault import S3Vault
from desk.usecases.recording_ports import VaultAway, VaultRefused, VaultTaken
from tests.recording.vault.conftest import now, s3_vault
from tests.recording.vault.proxy import Proxy, proxy
from tests.recording.vault.servers import at_port, free_port, port_of, wait_for

NAME = "2026/11/22/0193a000-0000-7000-8000-000000000001.age"
MB = 1024 * 1024
PART = 5 * MB


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three parts."""
    file = tmp_path / "large.age"
    file.write_bytes(random.Random(5).randbytes(12 * MB + 17))
    return file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.age"
    file.write_bytes(b"content")
    return file


@pytest.fixture
def between(moto_bucket: Bucket) -> Iterator[Proxy]:
    with proxy(port_of(moto_bucket)) as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_request, "SILENCE_S", 0.5)


class Killed(BaseException):
    """The process ends here."""


def killed_after(size: int) -> Pace:
    """A pace that ends the process once so many bytes went."""
    left = [size]

    def pace(block: int) -> None:
        left[0] -= block
        if left[0] < 0:
            raise Killed

    return pace


def went(vault: S3Vault, name: str, file: Path) -> int:
    """Bytes, either way."""
    asked: list[int] = []
    vault.put_new(name, file, asked.append)
    return sum(asked)


@pytest.mark.parametrize("server", ["moto", "s3rver"])
@pytest.mark.parametrize("parts", [0, 1, 2])
def test_an_upload_that_was_killed_goes_on_where_it_was(
    request: pytest.FixtureRequest, server: str, parts: int, large: Path
) -> None:
    bucket: Bucket = request.getfixturevalue(f"{server}_bucket")
    with pytest.raises(Killed):
        s3_vault(bucket).put_new(NAME, large, killed_after(parts * PART + 100_000))
    vault = s3_vault(bucket)
    assert vault.stat(NAME) is None  # nothing half is shown
    assert list(vault.names()) == []
    assert went(vault, NAME, large) == large.stat().st_size - parts * PART
    assert b"".join(vault.read(NAME)) == large.read_bytes()
    assert [file.name for file in large.parent.iterdir()] == [large.name]


def test_an_upload_that_is_all_there_but_not_completed_sends_nothing_twice(
    moto_bucket: Bucket, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_self: S3Upload, _state: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(S3Upload, "_complete", killed)
        with pytest.raises(Killed):
            s3_vault(moto_bucket).put_new(NAME, large)
    vault = s3_vault(moto_bucket)
    assert went(vault, NAME, large) == 0
    assert b"".join(vault.read(NAME)) == large.read_bytes()


@pytest.mark.parametrize("server", ["moto", "s3rver"])
def test_a_completion_that_is_answered_too_late_leaves_nothing_at_the_seat(
    request: pytest.FixtureRequest, server: str, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket: Bucket = request.getfixturevalue(f"{server}_bucket")
    complete = S3Upload._complete

    def late(upload: S3Upload, state: _State) -> None:
        complete(upload, state)
        raise VaultAway("timed out")

    vault = s3_vault(bucket)
    with monkeypatch.context() as patched:
        patched.setattr(S3Upload, "_complete", late)
        with pytest.raises(VaultAway):
            vault.put_new(NAME, large)
    assert large.with_name(large.name + ".upload").exists()
    with monkeypatch.context() as patched:
        patched.setattr(S3Upload, "send", late)
        compared = went(vault, NAME, large)  # and nothing is sent
    assert compared == large.stat().st_size
    assert [file.name for file in large.parent.iterdir()] == [large.name]
    assert b"".join(vault.read(NAME)) == large.read_bytes()


def test_what_was_begun_for_a_name_that_another_took_is_ended(moto_bucket: Bucket, large: Path, small: Path) -> None:
    with pytest.raises(Killed):
        s3_vault(moto_bucket).put_new(NAME, large, killed_after(PART + 1))
    upload_id = json.loads(large.with_name(large.name + ".upload").read_bytes())["upload_id"]
    S3Requests(moto_bucket, now).send("PUT", NAME, body=b"other")
    with pytest.raises(VaultTaken):
        s3_vault(moto_bucket).put_new(NAME, large)
    assert sorted(file.name for file in large.parent.iterdir()) == sorted([large.name, small.name])
    parts = S3Requests(moto_bucket, now).send("GET", NAME, {"uploadId": upload_id})
    assert (parts.status, parts.code) == (404, "NoSuchUpload")


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"name": 1}', b"\xff"])
def test_a_state_file_that_is_damaged_is_not_leant_on(moto_bucket: Bucket, large: Path, state: bytes) -> None:
    large.with_name(large.name + ".upload").write_bytes(state)
    vault = s3_vault(moto_bucket)
    vault.put_new(NAME, large)
    assert b"".join(vault.read(NAME)) == large.read_bytes()


def test_the_parts_of_another_file_are_never_taken_for_this_ones(moto_bucket: Bucket, large: Path) -> None:
    with pytest.raises(Killed):
        s3_vault(moto_bucket).put_new(NAME, large, killed_after(PART + 1))
    large.write_bytes(random.Random(6).randbytes(large.stat().st_size))
    vault = s3_vault(moto_bucket)
    vault.put_new(NAME, large)
    assert b"".join(vault.read(NAME)) == large.read_bytes()


def test_an_upload_that_the_storage_has_forgotten_is_begun_again(moto_bucket: Bucket, large: Path) -> None:
    with pytest.raises(Killed):
        s3_vault(moto_bucket).put_new(NAME, large, killed_after(PART + 1))
    state_file = large.with_name(large.name + ".upload")
    state = json.loads(state_file.read_bytes())
    answer = S3Requests(moto_bucket, now).send("DELETE", NAME, {"uploadId": state["upload_id"]})
    assert answer.status == 204
    vault = s3_vault(moto_bucket)
    with pytest.raises(VaultAway, match="sent again"):
        vault.put_new(NAME, large)
    vault.put_new(NAME, large)
    assert b"".join(vault.read(NAME)) == large.read_bytes()


@pytest.mark.parametrize("cut_after", [0, 300, 100_000, 2 * MB])
def test_a_line_that_breaks_leaves_nothing_half_and_mends(
    moto_bucket: Bucket, between: Proxy, large: Path, cut_after: int
) -> None:
    vault = s3_vault(at_port(moto_bucket, between.port))
    assert vault.stat(NAME) is None
    between.cut_after = cut_after
    with pytest.raises(VaultAway):
        vault.put_new(NAME, large)
    assert s3_vault(moto_bucket).stat(NAME) is None
    between.cut_after = None
    vault.put_new(NAME, large)
    assert b"".join(vault.read(NAME)) == large.read_bytes()


def test_a_line_that_breaks_after_a_part_costs_no_more_than_a_part(
    moto_bucket: Bucket, between: Proxy, large: Path
) -> None:
    vault = s3_vault(at_port(moto_bucket, between.port))
    with pytest.raises(Killed):
        vault.put_new(NAME, large, killed_after(PART + 1))
    between.sent = 0
    vault.put_new(NAME, large)
    assert between.sent < large.stat().st_size - PART + 100_000


def test_a_storage_that_says_nothing_is_away(moto_bucket: Bucket, between: Proxy, small: Path, impatient: None) -> None:
    between.mute = True
    requests = S3Requests(at_port(moto_bucket, between.port), now)
    with pytest.raises(VaultAway):
        S3Upload(requests).send(NAME, small, unhurried)


def test_a_slow_line_is_only_slow(moto_bucket: Bucket, between: Proxy, small: Path, impatient: None) -> None:
    content = random.Random(7).randbytes(2 * MB)
    small.write_bytes(content)
    between.delay_s = 0.002
    vault = s3_vault(at_port(moto_bucket, between.port))
    vault.put_new(NAME, small)
    assert b"".join(vault.read(NAME)) == content


def test_nobody_there_is_away(moto_bucket: Bucket, small: Path) -> None:
    vault = s3_vault(at_port(moto_bucket, free_port()))
    for call in (
        lambda: vault.stat(NAME),
        lambda: vault.put_new(NAME, small),
        lambda: list(vault.read(NAME)),
        lambda: list(vault.names()),
        lambda: vault.delete(NAME),
    ):
        with pytest.raises(VaultAway):
            call()
    unknown = s3_vault(replace(moto_bucket, endpoint="http://storage.invalid:9000"))
    with pytest.raises(VaultAway):
        unknown.put_new(NAME, small)


def test_a_wrong_key_is_refused_and_no_secret_stands_in_any_text(
    s3rver_bucket: Bucket, small: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = replace(s3rver_bucket, access_key="nobody", secret="very-secret-words")
    with pytest.raises(VaultRefused, match="403") as refused:
        s3_vault(wrong).put_new(NAME, small)
    with pytest.raises(VaultRefused):
        list(s3_vault(wrong).read(NAME))
    texts = [repr(wrong), repr(refused.value), repr(refused.value.__cause__)]
    assert "very-secret-words" not in "".join(texts) + caplog.text


@pytest.mark.parametrize(
    ("method", "name", "query", "content"),
    [
        ("PUT", "2026/11/22/a.age", {}, b"content"),
        ("POST", "2026/11/22/a.age", {"uploads": ""}, b""),
        ("PUT", "a b+c~d/e_f-g.age", {"partNumber": "12", "uploadId": "a/b+c=="}, b"x" * 100),
        ("DELETE", "a.age", {"uploadId": "x"}, b""),
    ],
)
@pytest.mark.parametrize("prefix", ["", "hotline/a"])
def test_requests_are_signed_as_amazons_own_library_signs_them(
    monkeypatch: pytest.MonkeyPatch, method: str, name: str, query: dict[str, str], content: bytes, prefix: str
) -> None:
    """The servers here do not look at the signature of what is sent; those out there do."""
    at = datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)
    bucket = Bucket("https://s3.example.com:9000", "cn-north-1", "vault", prefix, "AKIA", "secret/+", "")
    ours = s3_request._signed(bucket, method, name, query, hashlib.sha256(content).hexdigest(), at)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: at.replace(tzinfo=None))
    url = bucket.endpoint + bucket.path_of(name)
    theirs = botocore.awsrequest.AWSRequest(method, url, params=query, data=content)
    botocore.auth.S3SigV4Auth(botocore.credentials.Credentials("AKIA", "secret/+"), "s3", "cn-north-1").add_auth(theirs)
    assert ours["authorization"] == theirs.headers["Authorization"]


@pytest.mark.parametrize("server", ["moto", "s3rver"])
def test_a_bucket_that_is_not_there_refuses(request: pytest.FixtureRequest, server: str, small: Path) -> None:
    bucket: Bucket = request.getfixturevalue(f"{server}_bucket")
    vault = s3_vault(replace(bucket, bucket="no-such-bucket"))
    with pytest.raises(VaultRefused, match="NoSuchBucket"):
        vault.put_new(NAME, small)
    with pytest.raises(VaultRefused):
        list(vault.names())
    with pytest.raises(VaultRefused):
        list(vault.read(NAME))


def test_the_condition_holds_where_two_send_at_once(moto_bucket: Bucket, small: Path, large: Path) -> None:
    """As if somebody had put something there between the look and the sending."""
    s3_vault(moto_bucket).put_new(NAME, small)
    upload = S3Upload(S3Requests(moto_bucket, now))
    for file in (small, large):
        with pytest.raises(Taken):
            upload.send(NAME, file, unhurried)
    assert b"".join(s3_vault(moto_bucket).read(NAME)) == b"content"
    assert [file.name for file in large.parent.iterdir() if "upload" in file.name] == []


def test_a_storage_without_the_condition_is_looked_at_first(s3rver_bucket: Bucket, small: Path, large: Path) -> None:
    vault = s3_vault(s3rver_bucket)
    vault.put_new(NAME, small)
    with pytest.raises(VaultTaken):
        vault.put_new(NAME, large)
    assert b"".join(vault.read(NAME)) == b"content"


def test_a_clock_that_is_wrong_is_named(s3rver_bucket: Bucket, small: Path) -> None:
    def late() -> datetime:
        return now() - timedelta(days=2)

    with pytest.raises((VaultRefused, VaultAway)) as refused:
        S3Upload(S3Requests(s3rver_bucket, late)).send(NAME, small, unhurried)
    assert "clock" in str(refused.value)


def test_a_secret_that_is_missing_is_asked_for_again(moto_bucket: Bucket, small: Path) -> None:
    answers: list[Bucket | None] = [None, moto_bucket]

    def bucket() -> Bucket:
        found = answers.pop(0)
        if found is None:
            raise VaultRefused("the keyring has no secret")
        return found

    vault = S3Vault(bucket, now)
    with pytest.raises(VaultRefused):
        vault.put_new(NAME, small)
    vault.put_new(NAME, small)
    vault.put_new(NAME, small)
    assert answers == []


def test_a_listing_longer_than_a_page_is_whole(moto_bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    requests = S3Requests(moto_bucket, now)
    names = [f"2026/11/22/{number:04d}.age" for number in range(35)]
    for name in names:
        requests.send("PUT", name, body=b"x")
    assert [kept.name for kept in s3_vault(moto_bucket).names("2026/11")] == names


def test_reading_breaks_off_with_a_word_and_not_in_silence(moto_bucket: Bucket, between: Proxy, large: Path) -> None:
    s3_vault(moto_bucket).put_new(NAME, large)
    vault = s3_vault(at_port(moto_bucket, between.port))
    blocks = vault.read(NAME)
    first = next(blocks)
    between.close()
    with pytest.raises(VaultAway):
        list(blocks)
    assert 0 < len(first) < large.stat().st_size


def test_tls_needs_a_certificate_that_fits(tmp_path: Path, small: Path) -> None:
    plain = Bucket(f"https://127.0.0.1:{free_port()}", "r", "vault", "", "a", "b", str(tmp_path / "none.pem"))
    with pytest.raises(VaultRefused, match="certificate"):
        s3_vault(plain).put_new(NAME, small)
    with pytest.raises(VaultRefused, match="certificate"):
        S3Requests(plain, now).send("GET", NAME)


def test_an_unknown_certificate_is_refused_and_the_right_one_taken(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate), *subject], check=True, capture_output=True)
    port = free_port()
    serve = ["openssl", "s_server", "-accept", str(port), "-cert", str(certificate), "-key", str(key), "-WWW", "-quiet"]
    server = subprocess.Popen(serve, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        unknown = Bucket(f"https://127.0.0.1:{port}", "r", "vault", "", "a", "b")
        with pytest.raises(VaultRefused, match="certificate"):
            S3Requests(unknown, now).send("GET", NAME)
        with pytest.raises(VaultRefused, match="certificate"):
            s3_vault(unknown).stat(NAME)
        (tmp_path / "vault").mkdir()
        (tmp_path / "vault" / "here.age").write_bytes(b"content")
        known = replace(unknown, ca_file=str(certificate))
        assert S3Requests(known, now).send("GET", "here.age").body == b"content"
    finally:
        server.terminate()
        server.wait(10)
