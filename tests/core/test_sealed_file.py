"""A file sealed in pieces: opened whole by its recipient, and by nobody else, and not where a byte of it is another."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.core.boxes import PrivateKey, Sealing, boxed
from gateway.core.crypto import sealed_file
from gateway.core.crypto.sealed_file import LARGEST, MARK, FileTooLargeError, SealedFile, open_file, seal_file
from gateway.core.errors import RecipientError

LAWYERS = "city-lawyers"
PIECE, TAG = 65_536, 16
CONTENT = bytes(range(256)) * 700
"""Two pieces and a half, filled up to four."""


@cache
def keys(how: Sealing) -> tuple[PrivateKey, bytes]:
    match how:
        case Sealing.HPKE:
            own = X25519PrivateKey.generate()
            return own, own.public_key().public_bytes_raw()
        case Sealing.HYBRID:
            lattice, curve = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
            public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
            return MLKEM768X25519PrivateKey(lattice, curve), public
        case Sealing.JWE:
            point = generate_private_key(SECP256R1())
            return point, point.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(content: bytes, how: Sealing = Sealing.HPKE, agency: str = LAWYERS) -> tuple[bytes, SealedFile]:
    into = BytesIO()
    told = seal_file(BytesIO(content), into.write, (agency, how, keys(how)[1]))
    return into.getvalue(), told


def opened(whole: bytes, how: Sealing = Sealing.HPKE, agency: str = LAWYERS) -> bytes:
    into = BytesIO()
    assert open_file(BytesIO(whole), into.write, agency, keys(how)[0]) == len(into.getvalue())
    return into.getvalue()


@pytest.mark.parametrize("how", Sealing)
def test_each_way_of_sealing_opens_to_the_same_bytes(how: Sealing) -> None:
    whole, told = sealed(CONTENT, how)
    assert opened(whole, how) == CONTENT
    assert told == SealedFile(len(whole), sha256(whole).hexdigest())
    assert whole.startswith(MARK)
    assert CONTENT[:64] not in whole


@pytest.mark.parametrize("length", [0, 1, 1024, 1025, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_every_length_comes_back(length: int) -> None:
    assert opened(sealed(b"x" * length)[0]) == b"x" * length


def test_lengths_are_hidden_in_classes() -> None:
    assert sealed(b"x" * 70_000)[1].length == sealed(b"x" * 2 * PIECE)[1].length
    assert sealed(b"x" * (2 * PIECE + 1))[1].length > sealed(b"x" * 2 * PIECE)[1].length


def test_the_same_file_is_never_sealed_alike() -> None:
    assert sealed(CONTENT)[1].sha256 != sealed(CONTENT)[1].sha256


@cache
def parts() -> tuple[bytes, list[bytes]]:
    """The header and the pieces of one sealed file."""
    whole, _ = sealed(CONTENT)
    begin = len(whole) - 4 * (PIECE + TAG)
    return whole[:begin], [whole[at : at + PIECE + TAG] for at in range(begin, len(whole), PIECE + TAG)]


def another() -> bytes:
    return sealed(CONTENT)[0]


LIES: dict[str, Callable[[bytes, list[bytes]], bytes]] = {
    "cut off behind a piece": lambda head, pieces: head + b"".join(pieces[:3]),
    "cut off inside a piece": lambda head, pieces: (head + b"".join(pieces))[:-1],
    "nothing but its header": lambda head, _: head,
    "cut off inside its header": lambda head, _: head[:30],
    "two pieces exchanged": lambda head, pieces: head + pieces[1] + pieces[0] + pieces[2] + pieces[3],
    "a piece twice": lambda head, pieces: head + pieces[0] + pieces[0] + pieces[2] + pieces[3],
    "a piece of another file": lambda head, pieces: head + b"".join(pieces[:3]) + another()[-(PIECE + TAG) :],
    "the header of another file": lambda head, pieces: another()[: len(head)] + b"".join(pieces),
    "something behind its end": lambda head, pieces: head + b"".join(pieces) + b"\0",
    "a byte of a piece": lambda head, pieces: head + b"".join(pieces)[:-1] + bytes([pieces[-1][-1] ^ 1]),
    "a byte of its header": lambda head, pieces: head[:-1] + bytes([head[-1] ^ 1]) + b"".join(pieces),
    "another mark": lambda head, pieces: b"gx-file-2\n" + head[len(MARK) :] + b"".join(pieces),
    "a box without end": lambda head, pieces: MARK + b"\xff" * 4 + head[14:] + b"".join(pieces),
}


def test_put_together_again_it_opens() -> None:
    """The control of every lie below."""
    head, pieces = parts()
    assert opened(head + b"".join(pieces)) == CONTENT


@pytest.mark.parametrize("lie", LIES)
def test_what_was_altered_does_not_open(lie: str) -> None:
    with pytest.raises(RecipientError):
        opened(LIES[lie](*parts()))


def test_it_opens_for_its_recipient_alone() -> None:
    whole, _ = sealed(CONTENT)
    with pytest.raises(RecipientError):
        opened(whole, agency="other-lawyers")
    with pytest.raises(RecipientError):
        open_file(BytesIO(whole), BytesIO().write, LAWYERS, X25519PrivateKey.generate())


@pytest.mark.parametrize("told", [bytes(39), bytes(32) + (LARGEST + 1).to_bytes(8)], ids=["short", "endless"])
def test_a_box_that_says_something_else_is_not_believed(told: bytes) -> None:
    box = boxed(Sealing.HPKE, keys(Sealing.HPKE)[1], told, f"referral-gateway/file/1\n{LAWYERS}".encode())
    with pytest.raises(RecipientError):
        opened(MARK + len(box).to_bytes(4) + box)


def test_a_padding_that_is_not_ours_is_not_believed() -> None:
    key = AESGCM.generate_key(256)
    box = boxed(
        Sealing.HPKE,
        keys(Sealing.HPKE)[1],
        key + (5).to_bytes(8),
        f"referral-gateway/file/1\n{LAWYERS}".encode(),
    )
    head = MARK + len(box).to_bytes(4) + box

    def made(content: bytes) -> bytes:
        return head + AESGCM(key).encrypt(bytes(11) + b"\1", content, sha256(head).digest())

    assert opened(made(b"hello".ljust(1024, b"\0"))) == b"hello", "the control"
    with pytest.raises(RecipientError):
        opened(made(b"hello".ljust(1023, b"\0") + b"x"))


def test_what_is_too_large_or_grows_shorter_is_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shrinking(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(0)

    with pytest.raises(FileTooLargeError):
        seal_file(Shrinking(b"five!"), BytesIO().write, (LAWYERS, Sealing.HPKE, keys(Sealing.HPKE)[1]))
    monkeypatch.setattr(sealed_file, "LARGEST", 4)
    with pytest.raises(FileTooLargeError):
        sealed(b"five!")


def test_a_file_is_sealed_from_where_it_stands() -> None:
    source, into = BytesIO(b"skipped, then kept"), BytesIO()
    source.seek(9)
    seal_file(source, into.write, (LAWYERS, Sealing.HPKE, keys(Sealing.HPKE)[1]))
    assert opened(into.getvalue()) == b"then kept"
