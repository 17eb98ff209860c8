"""Decoding: every sample at its place, from anywhere; what is no recording is refused in words."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.recording.playing.decode import RATE_HZ, DecodeError, Decoder
from desk.recording.playing.waveform import Waveform, waveform
from desk.recording.sealing.bars import PEAKS_TAG
from tests.recording.scene import RATE, Sound, sealed_file


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds: the caller louder every second, the agent in the fourth only."""
    levels = [(1000 * (second + 1), 9000 if second == 3 else 0) for second in range(6)]
    return sealed_file(tmp_path_factory.mktemp("decode"), Sound.steps(levels))


def rest_of(decoder: Decoder) -> bytes:
    blocks = []
    while block := decoder.read():
        blocks.append(block)
    return b"".join(blocks)


@pytest.fixture(scope="module")
def whole(recording: Path) -> bytes:
    with Decoder(recording) as decoder:
        return rest_of(decoder)


def test_a_recording_decodes_to_its_length_at_48_khz(recording: Path, whole: bytes) -> None:
    assert len(whole) // 4 == 6 * RATE_HZ
    with Decoder(recording) as decoder:
        assert abs(decoder.length_ms - 6000) <= 10


def test_a_file_and_its_bytes_decode_alike(recording: Path, whole: bytes) -> None:
    with Decoder(recording.read_bytes()) as decoder:
        assert rest_of(decoder) == whole


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.integers(-100, 7000), min_size=1, max_size=4))
def test_seeking_anywhere_goes_on_with_the_very_samples_that_are_there(
    places: list[int], recording: Path, whole: bytes
) -> None:
    block, start = b"", 0
    with Decoder(recording) as decoder:
        for place_ms in places:
            decoder.seek_ms(place_ms)
            start = max(0, place_ms) * RATE_HZ // 1000
            assert decoder.position_ms == max(0, place_ms)
            block = decoder.read()
            assert (len(block) > 0) == (start < 6 * RATE_HZ)
        found = np.frombuffer(block + rest_of(decoder), dtype="<i2").astype(int)
        wanted = np.frombuffer(whole[start * 4 :], dtype="<i2").astype(int)
        assert len(found) == len(wanted)
        # A decoder that begins in the middle has converged after its preroll, to within some quantisation.
        if len(found):
            assert np.abs(found - wanted).mean() < 40


def test_the_waveform_shows_who_spoke_when_and_how_loud(recording: Path) -> None:
    bars = waveform(recording)
    assert len(bars.caller) == len(bars.agent) >= 600
    second = len(bars.caller) // 6
    loudest = [max(bars.caller[n * second : (n + 1) * second]) for n in range(6)]
    assert loudest == sorted(loudest)
    assert max(bars.agent[3 * second + 2 : 4 * second - 2]) > 0.3
    assert max(bars.agent[: 3 * second - 2]) == 0.0


def in_tenths(bars: Waveform) -> list[npt.NDArray[np.float64]]:
    """Of both channels, the loudest of each tenth of a second."""
    return [np.array(one).reshape(60, -1).max(axis=1) for one in (bars.caller, bars.agent)]


def test_without_kept_bars_they_are_counted_from_the_sound(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = waveform(recording)
    for junk in ("", "no base64!", "AAAA"):
        monkeypatch.setattr(Decoder, "comments", {PEAKS_TAG: junk})
        counted = waveform(recording)
        for found, wanted in zip(in_tenths(counted), in_tenths(kept), strict=True):
            assert np.abs(found - wanted).mean() < 0.05


def test_a_recording_shorter_than_its_bars_has_a_waveform(tmp_path: Path) -> None:
    bars = waveform(sealed_file(tmp_path, bytes(4 * RATE // 100)))
    assert max(bars.caller) == 0.0


@given(st.binary(max_size=400), st.booleans())
def test_what_is_no_recording_is_refused_in_words(junk: bytes, with_magic: bool) -> None:
    with pytest.raises(DecodeError):
        Decoder(b"OggS" + junk if with_magic else junk)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_recording_is_read_as_far_as_it_goes_or_refused(data: st.DataObject, recording: Path) -> None:
    content = bytearray(recording.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        with Decoder(bytes(content[: data.draw(st.integers(0, len(content)))])) as decoder:
            rest_of(decoder)
            decoder.seek_ms(1000)
            rest_of(decoder)
    except DecodeError:
        pass


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DecodeError):
        Decoder(tmp_path / "none.opus")
