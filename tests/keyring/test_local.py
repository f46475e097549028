"""The encrypted file as a key ring: what was done with it yesterday still works today, and not without the secret."""

from datetime import date
from pathlib import Path

import pytest
from rings import an_entropy, bytes_from

from gateway.core.crypto.keys import KeyRing, KeyUse, Ring
from gateway.core.crypto.pseudonyms import Domain, pseudonym
from gateway.core.errors import OperatorError
from gateway.keyring.local import LocalKeyRing, began

SECRET, OTHER_SECRET = b"a credential of 32 bytes at least", b"another credential, as long"
DAY, LATER = date(2031, 3, 14), date(2031, 9, 1)
PERSON, DATA_KEY = bytes_from("person", 16), bytes_from("data key")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


@pytest.fixture
def ring(path: Path) -> LocalKeyRing:
    return LocalKeyRing.create(path, lambda: SECRET, an_entropy("local"), DAY)


def opened(path: Path, secret: bytes = SECRET) -> LocalKeyRing:
    return LocalKeyRing.open(path, lambda: secret, an_entropy("opened"))


def test_a_ring_opened_again_does_what_it_did(path: Path, ring: LocalKeyRing) -> None:
    again: KeyRing = opened(path)
    assert again.mac(KeyUse.CODE, b"c", b"m") == ring.mac(KeyUse.CODE, b"c", b"m")
    assert again.unwrap_data_key(PERSON, ring.wrap_data_key(PERSON, DATA_KEY)) == DATA_KEY
    assert again.checkpoint_public_key() == ring.checkpoint_public_key()
    assert again.token_signing_key() == ring.token_signing_key()


def test_a_wrong_secret_or_altered_file_is_refused(path: Path, ring: LocalKeyRing) -> None:
    with pytest.raises(OperatorError):
        opened(path, OTHER_SECRET)
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(OperatorError):
        opened(path)


def test_a_ring_is_never_created_over_another(path: Path, ring: LocalKeyRing) -> None:
    before = path.read_bytes()
    with pytest.raises(OperatorError):
        LocalKeyRing.create(path, lambda: SECRET, an_entropy("new"))
    assert path.read_bytes() == before


def test_rotation_opens_an_epoch_in_one_ring_and_keeps_the_old_one(path: Path, ring: LocalKeyRing) -> None:
    old, wrapped = ring.mac(KeyUse.CODE, b"c", b"m"), ring.wrap_data_key(PERSON, DATA_KEY)
    named = pseudonym(ring, Domain("shelter-one", 1), PERSON)
    assert ring.rotate(Ring.PERSON, LATER) == 2
    for after in (ring, opened(path)):
        assert (after.epochs(), after.epochs(Ring.LEDGER)) == ((1, 2), (1,))
        assert after.mac(KeyUse.CODE, b"c", b"m") != old == after.mac(KeyUse.CODE, b"c", b"m", 1)
        assert after.unwrap_data_key(PERSON, wrapped) == DATA_KEY
        assert pseudonym(after, Domain("shelter-one", 1), PERSON) == named
        assert pseudonym(after, Domain("shelter-one", 2), PERSON) != named


def test_a_retired_epoch_is_gone_from_memory_and_file(path: Path, ring: LocalKeyRing) -> None:
    wrapped = ring.wrap_data_key(PERSON, DATA_KEY)
    ring.rotate(Ring.DATA, LATER)
    kept = ring.rewrap_data_key(PERSON, wrapped)
    ring.retire(Ring.DATA, 1)
    for after in (ring, opened(path)):
        assert after.epochs(Ring.DATA) == (2,)
        assert after.unwrap_data_key(PERSON, kept) == DATA_KEY
        with pytest.raises(OperatorError):
            after.unwrap_data_key(PERSON, wrapped)


def test_the_current_epoch_and_an_unheld_one_cannot_be_retired(path: Path, ring: LocalKeyRing) -> None:
    ring.rotate(Ring.LEDGER, LATER)
    before = path.read_bytes()
    for epoch in (0, 2, 3):
        with pytest.raises(OperatorError):
            ring.retire(Ring.LEDGER, epoch)
    assert path.read_bytes() == before
    assert ring.epochs(Ring.LEDGER) == (1, 2)


def test_two_processes_lose_no_epoch(path: Path, ring: LocalKeyRing) -> None:
    other = opened(path)
    ring.rotate(Ring.PERSON, LATER)
    assert other.rotate(Ring.PERSON, LATER) == 3
    assert ring.epoch() == 2
    ring.reload()
    assert ring.epochs() == other.epochs() == (1, 2, 3)
    assert ring.mac(KeyUse.CODE, b"c", b"m", 2) == other.mac(KeyUse.CODE, b"c", b"m", 2)


def test_a_rotation_with_the_wrong_secret_changes_nothing(path: Path, ring: LocalKeyRing) -> None:
    before = path.read_bytes()
    with pytest.raises(OperatorError):
        opened(path, OTHER_SECRET).rotate(Ring.TOKENS, LATER)
    assert path.read_bytes() == before
    assert ring.epoch(Ring.TOKENS) == 1


def test_a_changed_secret_opens_the_same_ring(path: Path, ring: LocalKeyRing) -> None:
    ring.change_secret(lambda: OTHER_SECRET)
    with pytest.raises(OperatorError):
        opened(path)
    assert opened(path, OTHER_SECRET).mac(KeyUse.CODE, b"", b"m") == ring.mac(KeyUse.CODE, b"", b"m")


def test_every_write_draws_a_fresh_salt_and_nonce(path: Path, ring: LocalKeyRing) -> None:
    first = path.read_bytes()
    ring.change_secret(lambda: SECRET)
    salt = first.index(b'"salt":"') + 8
    assert path.read_bytes()[salt : salt + 32] != first[salt : salt + 32]


def test_a_key_that_another_process_wrapped_under_a_newer_epoch_opens_at_once(path: Path, ring: LocalKeyRing) -> None:
    other = opened(path)
    other.rotate(Ring.DATA, LATER)
    wrapped = other.wrap_data_key(PERSON, DATA_KEY)
    assert ring.epoch(Ring.DATA) == 1
    assert ring.unwrap_data_key(PERSON, wrapped) == DATA_KEY
    assert ring.epoch(Ring.DATA) == 2


def test_the_day_an_epoch_began_is_told_without_the_secret(path: Path, ring: LocalKeyRing) -> None:
    ring.rotate(Ring.DATA, LATER)
    assert began(path) == ring.since() == {**dict.fromkeys(Ring, DAY), Ring.DATA: LATER}
    path.write_bytes(path.read_bytes().replace(b"2031-09-01", b"2039-09-01"))
    with pytest.raises(OperatorError):
        opened(path)
