"""The key ring file: pinned, so that an old file always opens; wrong secret, flipped bit and other cost never do."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from rings import an_entropy, bytes_from

from gateway.core.crypto.keys import Ring
from gateway.core.errors import OperatorError
from gateway.keyring.envelope import Envelope, stretch

SECRET = b"correct horse battery staple"
ROOTS = {ring: {1: bytes_from(ring), 2: bytes_from(ring + "2")} for ring in Ring}
SINCE = {Ring.DATA: date(2031, 3, 14)}
FILE = (Path(__file__).parent / "pins" / "keyring-v1.json").read_bytes()
stretched = lru_cache(maxsize=64)(stretch)


def opened(document: bytes, secret: bytes = SECRET) -> object:
    envelope = Envelope.parse(document)
    return envelope.open(stretched(secret, envelope.salt))


def test_a_file_of_version_1_opens_for_ever() -> None:
    assert opened(FILE) == ROOTS
    assert Envelope.seal(ROOTS, SECRET, an_entropy("envelope"), SINCE).to_bytes() == FILE


def test_a_line_end_after_the_secret_does_not_matter() -> None:
    assert opened(FILE, SECRET + b"\r\n") == ROOTS


@pytest.mark.parametrize("secret", [SECRET[:-1], SECRET + b" ", SECRET.upper()], ids=["shorter", "longer", "upper"])
def test_a_wrong_secret_opens_nothing(secret: bytes) -> None:
    with pytest.raises(OperatorError):
        opened(FILE, secret)


@pytest.mark.parametrize("secret", [b"", b"fifteen letters", b"fifteen letters\n"], ids=["empty", "short", "line end"])
def test_a_short_secret_is_refused_before_anything_is_sealed(secret: bytes) -> None:
    with pytest.raises(OperatorError):
        Envelope.seal(ROOTS, secret, an_entropy())


def test_no_flipped_bit_opens() -> None:
    salt = range(FILE.index(b'"salt":"') + 8, FILE.index(b'"salt":"') + 40)
    for bit in range(len(FILE) * 8):
        if bit // 8 in salt and bit % 61:
            continue  # each flip there costs a full scrypt: a few stand for all
        altered = bytearray(FILE)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OperatorError):
            opened(bytes(altered))


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"[]", b"null", b"\xff", FILE[:-1], FILE + b"\n", FILE.replace(b"n=32768", b"n=1024"),
     FILE.replace(b'"version":1', b'"version":2'), FILE.replace(b'"salt":"', b'"salt":[],"was":"')],
    ids=["empty", "no members", "list", "null", "not UTF-8", "cut", "longer", "cheaper", "version 2", "no salt"],
)  # fmt: skip
def test_anything_else_is_refused_without_repeating_it(document: bytes) -> None:
    with pytest.raises(OperatorError) as refused:
        Envelope.parse(document)
    assert str(refused.value) == "not a key ring file of this version, or altered"


def test_no_root_stands_readable_in_the_file() -> None:
    every = [root for roots in ROOTS.values() for root in roots.values()]
    assert not any(root in FILE or root.hex().encode() in FILE for root in every)
