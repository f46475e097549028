"""Signed tree heads: C2SP signed-note and tlog-checkpoint, with Ed25519 keys of type 0x01.

A checkpoint is what leaves the house: held by somebody else, it makes every later rewriting of the log visible. It
holds an origin, a size and a root hash, nothing about anybody. This module never holds a private key: signing is a
function that the caller brings.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from consent import ed25519
from consent.errors import Fault, SignatureError, UnreadableRecordError
from consent.merkle import EMPTY_ROOT, HASH_BYTES, TreeHead

__all__ = [
    "Checkpoint",
    "Note",
    "NoteKey",
    "NoteSignature",
    "VerifierKey",
    "claimed_by",
    "note",
    "opened",
    "own_signatures",
    "parse_note",
    "signed",
    "unproven",
]

KEY_ID_BYTES = 4
MOST_SIGNATURES = 100  # as the reference implementation; a log and its witnesses need far fewer

_SIGNATURE_LINE = re.compile("\u2014 ([^ ]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")
# No control character but the newline, and no half of a surrogate pair: neither can stand in valid UTF-8 text.
_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log. The value alone is a claim: only `opened` says that a key vouches for it."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what would read back as another checkpoint, such as an origin of two lines."""
        if (
            not self.origin
            or "\n" in self.origin
            or _UNFIT.search(self.origin)
            or not _SIZE.fullmatch(str(self.size))
            or len(self.root) != HASH_BYTES
            or (self.size == 0 and self.root != EMPTY_ROOT)
        ):
            raise UnreadableRecordError(Fault.CHECKPOINT_FORM)

    @property
    def head(self) -> TreeHead:
        """Size and root, for the functions of `consent.merkle`."""
        return TreeHead(self.size, self.root)

    @property
    def body(self) -> str:
        """The text that is signed: three lines, the last newline included (tlog-checkpoint, "Note text")."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key and the name it signs under; pinned by whoever verifies, never taken from a note.

    What it signs is said by its type, so a key of one type never stands in for one of another.
    """

    type: ClassVar[bytes]
    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse a name or a key that cannot stand in a note."""
        _check_name(self.name)
        if len(self.public_key) != ed25519.PUBLIC_KEY_BYTES:
            raise UnreadableRecordError(Fault.KEY_FORM)

    @classmethod
    def parsed(cls, vkey: str) -> Self:
        """Read `name+hash+base64` (signed-note, "Verifier keys"); the hash must fit name and key."""
        name, _, rest = vkey.partition("+")
        hexadecimal, _, encoded = rest.partition("+")
        material = _bytes(encoded, Fault.KEY_FORM)
        if material[:1] != cls.type:
            raise UnreadableRecordError(Fault.KEY_FORM)
        key = cls(name, material[1:])
        if hexadecimal != key.key_id.hex():
            raise UnreadableRecordError(Fault.KEY_FORM)
        return key

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key: of SHA-256(name, newline, type, key).

        An identifier, not a fingerprint: anybody can make another key with the same one (signed-note, "Signatures").
        """
        return sha256(self.name.encode() + b"\n" + self.type + self.public_key).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The vkey to publish: `name+hash+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(self.type + self.public_key)}"


@dataclass(frozen=True, slots=True)
class VerifierKey(NoteKey):
    """The key of a log: Ed25519 over the body of the note."""

    type: ClassVar[bytes] = b"\x01"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line. Unproven until the key it names has been tried on the body."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A body, ending in a newline, and its signature lines. Unproven: parsing checks the form alone."""

    body: str
    signatures: tuple[NoteSignature, ...]


def note(body: str, signatures: Sequence[NoteSignature]) -> str:
    """Write a signed note; raise `UnreadableRecordError` for one that `parse_note` would not read back."""
    lines = (f"\u2014 {one.name} {_base64(one.key_id + one.signature)}\n" for one in signatures)
    text = body + "\n" + "".join(lines)
    if parse_note(text) != Note(body, tuple(signatures)):
        raise UnreadableRecordError(Fault.NOTE_FORM)
    return text


def parse_note(text: str) -> Note:
    """Read a signed note by its form alone (signed-note, "Format"); which signatures are good is not asked here."""
    # The body may hold empty lines, so the last one parts it from the signatures.
    body, blank, block = text.rpartition("\n\n")
    lines = block.removesuffix("\n").split("\n")
    if not blank or not block.endswith("\n") or len(lines) > MOST_SIGNATURES or _UNFIT.search(text):
        raise UnreadableRecordError(Fault.NOTE_FORM)
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def signed(checkpoint: Checkpoint, key: VerifierKey, sign: Callable[[bytes], bytes]) -> str:
    """Write the signed note of a checkpoint; `sign` makes 64 bytes of Ed25519 over the bytes it is given.

    A log must never sign a head that is inconsistent with one it signed before: the caller reads the head in the
    transaction that made it.
    """
    _check_origin(checkpoint, key)
    signature = sign(checkpoint.body.encode())
    if len(signature) != ed25519.SIGNATURE_BYTES:
        raise SignatureError(Fault.SIGNATURE_LENGTH)
    return note(checkpoint.body, [NoteSignature(key.name, key.key_id, signature)])


def opened(text: str, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint that `key` vouches for.

    Signatures of other keys, such as witnesses, are ignored, as the standard demands. Raises `SignatureError` where
    this key did not sign, signed wrongly even once, or signs for another log; `UnreadableRecordError` for the form.
    """
    unproven_note = parse_note(text)
    for one in own_signatures(unproven_note, key):
        ed25519.verify(key.public_key, unproven_note.body.encode(), one.signature)
    checkpoint = _checkpoint(unproven_note.body)
    _check_origin(checkpoint, key)
    return checkpoint


def claimed_by(text: str, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Return which of these keys a note names as its signer, where a log has had several; the key still has to try it.

    Raises `SignatureError` where it names none of them, `UnreadableRecordError` for the form.
    """
    named = {(one.name, one.key_id) for one in parse_note(text).signatures}
    for key in keys:
        if (key.name, key.key_id) in named:
            return key
    raise SignatureError(Fault.SIGNATURE_MISSING)


def own_signatures(unproven_note: Note, key: NoteKey) -> tuple[NoteSignature, ...]:
    """Return the signatures that claim to be this key's, none of them tried. Raises `SignatureError` for none."""
    own = tuple(one for one in unproven_note.signatures if (one.name, one.key_id) == (key.name, key.key_id))
    if not own:
        raise SignatureError(Fault.SIGNATURE_MISSING)
    return own


def unproven(text: str) -> Checkpoint:
    """Read what a note claims, without asking who signed it: anybody can have written it."""
    return _checkpoint(parse_note(text).body)


def _checkpoint(body: str) -> Checkpoint:
    """Read a body of exactly three lines. Extension lines are refused: this log writes none."""
    match body.split("\n"):
        case [origin, size, encoded, ""] if _SIZE.fullmatch(size):
            return Checkpoint(origin, int(size), _bytes(encoded, Fault.CHECKPOINT_FORM))
        case _:
            raise UnreadableRecordError(Fault.CHECKPOINT_FORM)


def _signature(line: str) -> NoteSignature:
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise UnreadableRecordError(Fault.NOTE_FORM)
    name, material = found[1], _bytes(found[2], Fault.NOTE_FORM)
    _check_name(name)
    if len(material) <= KEY_ID_BYTES:
        raise UnreadableRecordError(Fault.NOTE_FORM)
    return NoteSignature(name, material[:KEY_ID_BYTES], material[KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    if name.split() != [name] or "+" in name or _UNFIT.search(name):  # Empty, or with white space in it.
        raise UnreadableRecordError(Fault.NAME_FORM)


def _check_origin(checkpoint: Checkpoint, key: VerifierKey) -> None:
    # The standard says SHOULD. Here it is a must, so that no checkpoint of another log can stand in for ours.
    if checkpoint.origin != key.name:
        raise SignatureError(Fault.ORIGIN_IS_NOT_THE_KEY)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes(encoded: str, fault: Fault) -> bytes:
    """Decode base64, only in its one canonical spelling; the decoder alone would ignore loose bits at the end."""
    try:
        data = b64decode(encoded, validate=True)
    except (Base64Error, ValueError) as error:
        raise UnreadableRecordError(fault) from error
    if _base64(data) != encoded:
        raise UnreadableRecordError(fault)
    return data
