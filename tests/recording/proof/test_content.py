"""Plain content on its way out of decryption: proven span by span, in memory once, no more of it than was sealed."""

import random
import tracemalloc

import pytest

from desk.domain.seal import SPAN_BYTES, span_hashes
from desk.recording.proof.content import PlainContent

MANIFEST = "a" * 64
AUDIO = random.Random(2).randbytes(40 * SPAN_BYTES + 100)
SPANS = tuple(span_hashes(MANIFEST, [AUDIO]))


def written(content: bytes, most_bytes: int = len(AUDIO)) -> PlainContent:
    plain = PlainContent(MANIFEST, SPAN_BYTES, most_bytes)
    for place in range(0, len(content), 10_000):
        plain.write(content[place : place + 10_000])
    return plain


def test_content_comes_back_whole_and_every_span_is_the_sealed_one() -> None:
    plain = written(AUDIO)
    assert plain.first_wrong(SPANS) is None
    assert plain.file().read() == AUDIO


@pytest.mark.parametrize("size", [0, 1, SPAN_BYTES, len(AUDIO) - 1])
def test_content_that_ends_too_early_is_told_by_its_span(size: int) -> None:
    assert written(AUDIO[:size]).first_wrong(SPANS) == size // SPAN_BYTES + 1


@pytest.mark.parametrize("size", [SPAN_BYTES, 2 * SPAN_BYTES, SPAN_BYTES + 1])
def test_one_byte_too_many_is_told(size: int) -> None:
    spans = tuple(span_hashes(MANIFEST, [AUDIO[:size]]))
    assert written(AUDIO[:size], size).first_wrong(spans) is None
    plain = written(AUDIO[:size], size)
    plain.write(b"!")
    assert plain.first_wrong(spans) == len(spans) + (size % SPAN_BYTES == 0)


def test_what_is_longer_than_was_sealed_is_not_kept() -> None:
    plain = written(AUDIO, 2 * SPAN_BYTES)
    assert len(plain.file().read()) < 3 * SPAN_BYTES
    assert plain.first_wrong(SPANS[:2]) == 3


def test_content_is_in_memory_once() -> None:
    plain = written(AUDIO)
    tracemalloc.start()
    try:
        assert plain.first_wrong(SPANS) is None
        assert plain.file().read(100) == AUDIO[:100]
        assert tracemalloc.get_traced_memory()[1] < 4 * SPAN_BYTES
    finally:
        tracemalloc.stop()
