"""Signed notes and checkpoints: the published Go note, what is refused, and what a signature does not cover."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import checkpoint as notes
from consent.checkpoint import Checkpoint, Note, NoteSignature, VerifierKey, opened, parse_note, signed, unproven
from consent.ed25519 import verify
from consent.errors import ConsentError, Fault, SignatureError, UnreadableRecordError

# The public example of golang.org/x/mod/sumdb/note (note_test.go): key, text and signature, known to every
# implementation of signed notes.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_NOTE = f"{GO_TEXT}\n{GO_LINE}"

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("log.example/referrals", PRIVATE.public_key().public_bytes_raw())
OTHER_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS = VerifierKey("witness.example", OTHER_PRIVATE.public_key().public_bytes_raw())
HEAD = Checkpoint("log.example/referrals", 42, bytes(range(32)))


def signed_body(body: str, key: VerifierKey = KEY, private: Ed25519PrivateKey = PRIVATE) -> str:
    return notes.note(body, [NoteSignature(key.name, key.key_id, private.sign(body.encode()))])


def with_witness(text: str) -> str:
    body = parse_note(text).body
    return text + signed_body(body, WITNESS, OTHER_PRIVATE).removeprefix(body + "\n")


# ------------------------------------------------------------------------------------------------------ known note


def test_the_published_go_note_is_read_verified_and_written_again() -> None:
    key = VerifierKey.parsed(GO_VKEY)
    assert (key.name, key.key_id.hex(), key.text) == ("PeterNeumann", "c74f20a3", GO_VKEY)
    read = parse_note(GO_NOTE)
    assert read.body == GO_TEXT
    (one,) = read.signatures
    assert (one.name, one.key_id) == (key.name, key.key_id)
    verify(key.public_key, read.body.encode(), one.signature)
    assert notes.note(read.body, read.signatures) == GO_NOTE


def test_the_published_go_note_fails_when_one_letter_is_altered() -> None:
    read = parse_note(GO_NOTE.replace("cryptography", "cryptographY"))
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_WRONG):
        verify(VerifierKey.parsed(GO_VKEY).public_key, read.body.encode(), read.signatures[0].signature)


# ------------------------------------------------------------------------------------------------------ checkpoints


def test_a_signed_checkpoint_opens_with_its_key() -> None:
    text = signed(HEAD, KEY, PRIVATE.sign)
    assert text.splitlines()[:4] == ["log.example/referrals", "42", b64encode(HEAD.root).decode(), ""]
    assert opened(text, KEY) == HEAD
    assert opened(text, VerifierKey.parsed(KEY.text)) == HEAD


def test_signatures_of_witnesses_are_ignored_and_stay() -> None:
    text = with_witness(signed(HEAD, KEY, PRIVATE.sign))
    assert opened(text, KEY) == HEAD
    assert len(parse_note(text).signatures) == 2


def test_an_unproven_checkpoint_is_read_whoever_signed_it() -> None:
    assert unproven(signed_body(HEAD.body, WITNESS, OTHER_PRIVATE)) == HEAD


@pytest.mark.parametrize("place", range(len(HEAD.body)))
def test_no_character_of_a_checkpoint_can_be_altered(place: int) -> None:
    text = signed(HEAD, KEY, PRIVATE.sign)
    altered = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
    with pytest.raises(ConsentError):
        opened(altered, KEY)


def test_canary_opening_without_verifying_takes_an_altered_checkpoint() -> None:
    altered = signed(HEAD, KEY, PRIVATE.sign).replace("\n42\n", "\n43\n")
    assert unproven(altered).size == 43
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_WRONG):
        opened(altered, KEY)


def test_one_wrong_signature_of_the_key_spoils_the_note_even_beside_a_right_one() -> None:
    text = signed(HEAD, KEY, PRIVATE.sign)
    wrong = notes.note(HEAD.body, [NoteSignature(KEY.name, KEY.key_id, bytes(64))]).removeprefix(HEAD.body + "\n")
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_WRONG):
        opened(text + wrong, KEY)


def test_a_note_without_a_signature_of_the_key_is_refused() -> None:
    same_id_other_name = VerifierKey("log.example/other", KEY.public_key)
    for text in (
        signed_body(HEAD.body, WITNESS, OTHER_PRIVATE),
        notes.note(HEAD.body, [NoteSignature(same_id_other_name.name, KEY.key_id, PRIVATE.sign(HEAD.body.encode()))]),
        notes.note(HEAD.body, [NoteSignature(KEY.name, WITNESS.key_id, PRIVATE.sign(HEAD.body.encode()))]),
    ):
        with pytest.raises(SignatureError, match=Fault.SIGNATURE_MISSING):
            opened(text, KEY)


def test_a_checkpoint_of_another_log_is_refused_though_the_key_signed_it() -> None:
    other = Checkpoint("log.example/another", 42, HEAD.root)
    with pytest.raises(SignatureError, match=Fault.ORIGIN_IS_NOT_THE_KEY):
        opened(signed_body(other.body), KEY)
    with pytest.raises(SignatureError, match=Fault.ORIGIN_IS_NOT_THE_KEY):
        signed(other, KEY, PRIVATE.sign)


ROOT = b64encode(HEAD.root).decode()


NOT_THREE_LINES = {
    "two-lines": "log.example/referrals\n42\n",
    "extension": f"log.example/referrals\n42\n{ROOT}\nextension\n",
    "zero-first": f"log.example/referrals\n042\n{ROOT}\n",
    "sign": f"log.example/referrals\n+42\n{ROOT}\n",
    "other-digits": f"log.example/referrals\n٤٢\n{ROOT}\n",
    "underscore": f"log.example/referrals\n4_2\n{ROOT}\n",
    "huge": f"log.example/referrals\n{10**19}\n{ROOT}\n",
    "no-origin": f"\n42\n{ROOT}\n",
    "short": "log.example/referrals\n42\nAAAA\n",
    "loose-bits": f"log.example/referrals\n42\n{ROOT[:-2]}9=\n",
    "space": f"log.example/referrals\n42\n{ROOT} \n",
}


@pytest.mark.parametrize("body", NOT_THREE_LINES.values(), ids=NOT_THREE_LINES.keys())
def test_a_body_that_is_not_three_exact_lines_is_refused_though_signed(body: str) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.CHECKPOINT_FORM):
        opened(signed_body(body), KEY)


OTHER_ON_READING = {
    "two lines": ("two\nlines", 1, bytes(32)),
    "no origin": ("", 1, bytes(32)),
    "control": ("tab\there", 1, bytes(32)),
    "negative": ("a", -1, bytes(32)),
    "empty log with a root": ("a", 0, bytes(32)),
    "short root": ("a", 1, b""),
}


@pytest.mark.parametrize(("origin", "size", "root"), OTHER_ON_READING.values(), ids=OTHER_ON_READING.keys())
def test_a_checkpoint_that_would_read_back_as_another_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.CHECKPOINT_FORM):
        Checkpoint(origin, size, root)


# -------------------------------------------------------------------------------------------------- notes and keys


NOT_A_NOTE = {
    "no-signature": GO_TEXT,
    "blank-only": f"{GO_TEXT}\n",
    "no-final-newline": GO_NOTE.removesuffix("\n"),
    "control": f"\x01{GO_NOTE}",
    "carriage-return": GO_NOTE.replace("\n", "\r\n"),
    "surrogate": f"\ud800{GO_NOTE}",
    "unexpected-line": GO_NOTE + "Unexpected line.\n",
    "blank-after": GO_NOTE + "\n",
    "hyphen": GO_NOTE.replace("— Peter", "- Peter"),
    "bad-base64": GO_NOTE.replace("x08go", "x08g"),
    "loose-bits": f"{GO_TEXT}\n— PeterNeumann x08go/==\n",
    "key-id-alone": f"{GO_TEXT}\n— PeterNeumann x08gow==\n",
    "too-many": f"{GO_TEXT}\n" + GO_LINE * 101,
}


@pytest.mark.parametrize("text", NOT_A_NOTE.values(), ids=NOT_A_NOTE.keys())
def test_what_is_not_a_signed_note_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.NOTE_FORM):
        parse_note(text)


BAD_NAMES = {
    "space": "Bad Name",
    "no-break space": "Bad\u00a0Name",
    "plus": "Bad+Name",
    "control": "Bad\x01Name",
    "surrogate": "Bad\ud800Name",
    "empty": "",
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str) -> None:
    with pytest.raises(UnreadableRecordError):
        parse_note(GO_NOTE.replace("PeterNeumann", name))
    with pytest.raises(UnreadableRecordError, match=Fault.NAME_FORM):
        VerifierKey(name, bytes(32))


@pytest.mark.parametrize("length", [31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.KEY_FORM):
        VerifierKey("log.example", bytes(length))


@pytest.mark.parametrize("body", ["first\n\nlast\n", GO_NOTE], ids=["empty line", "another note"])
def test_empty_lines_in_the_body_are_part_of_it(body: str) -> None:
    one = NoteSignature(KEY.name, KEY.key_id, PRIVATE.sign(body.encode()))
    assert parse_note(notes.note(body, [one])) == Note(body, (one,))


@pytest.mark.parametrize("body", ["no newline", ""], ids=["no newline", "empty"])
def test_a_body_that_does_not_end_in_a_newline_is_not_written(body: str) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.NOTE_FORM):
        notes.note(body, [NoteSignature("a", bytes(4), b"x")])


@pytest.mark.parametrize("length", [3, 5])
def test_a_signature_line_that_would_read_back_as_another_is_not_written(length: int) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.NOTE_FORM):
        notes.note("text\n", [NoteSignature("a", bytes(length), b"xyz")])


def test_a_signer_that_makes_something_else_than_ed25519_is_refused() -> None:
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_LENGTH):
        signed(HEAD, KEY, lambda text: text)


def test_a_note_without_signatures_is_not_written() -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.NOTE_FORM):
        notes.note("text\n", [])


def manglings() -> list[str]:
    cut = [GO_VKEY[start:end] for start in range(len(GO_VKEY)) for end in range(start, len(GO_VKEY) + 1)]
    moved = [GO_VKEY[:at] + chr(ord(GO_VKEY[at]) + 1) + GO_VKEY[at + 1 :] for at in range(len(GO_VKEY))]
    other_length = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="
    other_type = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    upper = GO_VKEY.replace("c74f20a3", "C74F20A3")
    return [key for key in (*cut, *moved, other_length, other_type, upper) if key != GO_VKEY]


def refused(read: Callable[[str], object], texts: list[str]) -> int:
    count = 0
    for text in texts:
        try:
            read(text)
        except UnreadableRecordError:
            count += 1
    return count


def test_every_mangling_of_a_verifier_key_is_refused() -> None:
    assert refused(VerifierKey.parsed, manglings()) == len(manglings())
    assert refused(VerifierKey.parsed, [GO_VKEY]) == 0
