"""Encoding: an ordinary audio file of two channels, each voice in its own, that knows the call's manifest and bars."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from desk.recording.sealing import bars
from desk.recording.sealing.analysis import analyse
from desk.recording.sealing.encode import (
    MANIFEST_TAG,
    MOST_MANIFEST_BYTES,
    Codec,
    EncodeError,
    comments_of,
    decoded_length_ms,
    encode,
    manifest_comment,
    manifest_of,
)
from desk.recording.sealing.pcm import SpoolAudio
from desk.recording.spool import folder as spool
from desk.recording.spool.segments import MANIFEST, read_text
from tests.recording.scene import CALL, RATE, Sound, closed_spool

SILENT_DBFS = -50.0
Encoded = Callable[..., Path]


@pytest.fixture
def encoded(tmp_path: Path) -> Encoded:
    """Of this audio, with its comments, at `audio.<codec>`."""

    def make(audio: bytes, codec: Codec | None = None, rate_hz: int = RATE) -> Path:
        codec = codec or Codec()
        closed_spool(tmp_path / "spool", audio, rate_hz=rate_hz)
        journal = spool.read(tmp_path / "spool", CALL)
        raw = SpoolAudio(tmp_path / "spool", CALL, journal.rate_hz)
        manifest = read_text(tmp_path / "spool", CALL, MANIFEST)
        comments = comments_of(journal, manifest, bars.comment_of(analyse(raw, journal).bars))
        target = tmp_path / f"audio.{codec.name}"
        encode(target, raw, codec, comments)
        return target

    return make


def decoded(file: Path) -> tuple[npt.NDArray[np.float64], int]:
    """Shape (samples, 2), and the rate."""
    with av.open(str(file)) as container:
        frames = list(container.decode(audio=0))
    parts = []
    for frame in frames:
        samples = frame.to_ndarray()
        if frame.format.name == "s16":
            parts.append(samples.reshape(-1, 2) / 32768.0)
        else:
            parts.append(samples.T.astype(np.float64))
    return np.concatenate(parts), frames[0].sample_rate


def comments(file: Path) -> dict[str, str]:
    with av.open(str(file)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
    return {name.upper(): value for name, value in found.items()}


def dbfs(samples: npt.NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


@pytest.mark.parametrize("bitrate", [0, 16_000, 24_000, 32_000, 10**9])
def test_who_is_silent_stays_silent_in_his_own_channel(encoded: Encoded, bitrate: int) -> None:
    audio = Sound.steps([(9000, 0), (9000, 0), (0, 9000), (0, 9000)])
    sound, _ = decoded(encoded(audio, Codec("opus", bitrate)))
    second = 48_000
    assert dbfs(sound[second // 2 : 2 * second - second // 4, 1]) < SILENT_DBFS
    assert dbfs(sound[2 * second + second // 2 : 4 * second, 0]) < SILENT_DBFS
    assert dbfs(sound[: 2 * second, 0]) > -30
    assert dbfs(sound[2 * second :, 1]) > -30


@pytest.mark.parametrize("bitrate", [16_000, 32_000])
def test_two_who_speak_at_once_do_not_leak_into_each_other(encoded: Encoded, bitrate: int) -> None:
    seconds = np.arange(3 * RATE) / RATE
    low = 9000 * np.sin(2 * np.pi * 300 * seconds)
    high = 9000 * np.sin(2 * np.pi * 2500 * seconds)
    audio = np.stack([low, high], axis=1).astype("<i2").tobytes()
    sound = decoded(encoded(audio, Codec("opus", bitrate)))[0][24_000:96_000]
    power = np.abs(np.fft.rfft(sound, axis=0)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / 48_000)
    for channel, (own, other) in enumerate(((300, 2500), (2500, 300))):
        mine = power[np.abs(hz - own) < 50, channel].sum()
        leaked = power[np.abs(hz - other) < 50, channel].sum()
        assert 10 * np.log10(leaked / mine) < SILENT_DBFS


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_the_file_is_as_long_as_the_call_at_any_rate(encoded: Encoded, rate_hz: int, codec: str) -> None:
    samples = int(2.345 * rate_hz)
    audio = np.stack([np.arange(samples) % 3000, np.zeros(samples)], axis=1).astype("<i2").tobytes()
    file = encoded(audio, Codec(codec), rate_hz)  # type: ignore[arg-type]
    assert abs(decoded_length_ms(file) - 2345) <= (1 if codec == "flac" else 100)


def test_flac_gives_every_sample_back_at_the_calls_own_rate(encoded: Encoded) -> None:
    audio = Sound.steps([(9000, 100), (3, 32_000)])
    sound, rate_hz = decoded(encoded(audio, Codec("flac")))
    assert rate_hz == RATE
    assert (sound * 32768).astype("<i2").tobytes() == audio


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_the_manifest_and_the_bars_stand_in_the_comments(encoded: Encoded, tmp_path: Path, codec: str) -> None:
    found = comments(encoded(Sound.steps([(9000, 0)]), Codec(codec)))  # type: ignore[arg-type]
    assert manifest_of(found[MANIFEST_TAG]) == read_text(tmp_path / "spool", CALL, MANIFEST)
    assert found["CALL_ID"] == CALL
    kept = bars.bars_from(found[bars.PEAKS_TAG])
    assert kept is not None
    assert kept.shape == (2, bars.PEAKS)
    assert kept[0].mean() > 10 > kept[1].mean()


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_a_manifest_of_an_eventful_hour_fits(tmp_path: Path, codec: str) -> None:
    closed_spool(tmp_path, Sound.steps([(9000, 0)]))
    raw = SpoolAudio(tmp_path, CALL, RATE)
    manifest = b"".join(hashlib.sha256(bytes([n % 251, n // 251])).hexdigest().encode() + b"\n" for n in range(9000))
    encode(tmp_path / "audio", raw, Codec(codec), {MANIFEST_TAG: manifest_comment(manifest)})  # type: ignore[arg-type]
    assert manifest_of(comments(tmp_path / "audio")[MANIFEST_TAG]) == manifest
    assert abs(decoded_length_ms(tmp_path / "audio") - 1000) <= 100


@pytest.mark.parametrize("comment", ["", "no base64!", manifest_comment(b"x")[:-6], "AAAA"])
def test_a_comment_that_holds_no_manifest_is_refused(comment: str) -> None:
    with pytest.raises(EncodeError):
        manifest_of(comment)


def test_a_manifest_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(EncodeError):
        manifest_of(manifest_comment(bytes(MOST_MANIFEST_BYTES + 1)))


@pytest.mark.parametrize("content", [b"", b"OggS", b"fLaC" + bytes(100), bytes(3000)])
def test_what_is_no_audio_file_has_no_length(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wreck").write_bytes(content)
    with pytest.raises(EncodeError):
        decoded_length_ms(tmp_path / "wreck")


@pytest.mark.parametrize("samples", [1, 100, 320, 959, 961])
@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_even_the_shortest_call_is_encoded(encoded: Encoded, samples: int, codec: str) -> None:
    file = encoded(bytes(4 * samples), Codec(codec))  # type: ignore[arg-type]
    assert decoded_length_ms(file) >= samples * 1000 // RATE


def test_bars_show_where_it_was_loud(encoded: Encoded) -> None:
    found = bars.bars_from(comments(encoded(Sound.steps([(20_000, 0), (0, 20_000)])))[bars.PEAKS_TAG])
    assert found is not None
    half = bars.PEAKS // 2
    assert found[0, : half - 2].mean() > 60
    assert found[0, half + 2 :].max() == 0
    assert found[1, : half - 2].max() == 0
    assert found[1, half + 2 :].mean() > 60


@pytest.mark.parametrize("text", ["", "AAAA", "§", "A" * 6400])
def test_a_comment_that_holds_no_bars_is_none(text: str) -> None:
    found = bars.bars_from(text)
    assert found is None or found.shape == (2, bars.PEAKS)
