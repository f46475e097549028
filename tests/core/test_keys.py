"""What keys.py promises about uses and derivation, for every ring that will ever stand behind the port."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rings import a_key_ring

from gateway.core.crypto.keys import KeyRing, KeyUse, Operation, Ring, derivation_info
from gateway.core.errors import Defect, OperatorError

MAC_USES = [use for use in KeyUse if use.operation is Operation.MAC]


@pytest.mark.parametrize("use", KeyUse)
def test_every_use_has_a_ring_an_operation_and_a_sentence(use: KeyUse) -> None:
    assert use.ring in Ring
    assert use.operation in Operation
    assert use.sentence.endswith(".")


def test_only_a_key_of_the_tokens_ring_is_ever_handed_out() -> None:
    exported = [use for use in KeyUse if use.operation is Operation.EXPORT]
    assert [use.ring for use in exported] == [Ring.TOKENS]


@given(st.lists(st.tuples(st.sampled_from(KeyUse), st.binary(max_size=40)), min_size=2, max_size=2, unique=True))
def test_no_two_uses_or_contexts_share_a_derivation(pair: list[tuple[KeyUse, bytes]]) -> None:
    assert derivation_info(*pair[0]) != derivation_info(*pair[1])


def test_uses_contexts_epochs_and_rings_give_different_macs() -> None:
    ring, other = a_key_ring(epochs=2), a_key_ring("other", epochs=2)
    macs = [
        keys.mac(use, context, b"same", epoch)
        for keys in (ring, other)
        for use in MAC_USES
        for context in (b"", b"one", b"two")
        for epoch in (1, 2)
    ]
    assert len(set(macs)) == len(macs) == 2 * len(MAC_USES) * 3 * 2


def test_a_mac_repeats_and_without_an_epoch_uses_the_current_one() -> None:
    ring = a_key_ring(epochs=2)
    assert ring.mac(KeyUse.ETAG, b"c", b"m") == ring.mac(KeyUse.ETAG, b"c", b"m", 2)
    assert ring.mac(KeyUse.ETAG, b"c", b"m") != ring.mac(KeyUse.ETAG, b"c", b"m", 1)


@pytest.mark.parametrize("use", [use for use in KeyUse if use.operation is not Operation.MAC])
def test_a_key_made_to_sign_wrap_or_export_gives_no_mac(use: KeyUse) -> None:
    with pytest.raises(Defect):
        a_key_ring().mac(use, b"", b"message")


@pytest.mark.parametrize("epoch", [0, 2, -1])
def test_an_epoch_that_is_not_held_is_refused(epoch: int) -> None:
    with pytest.raises(OperatorError):
        a_key_ring().mac(KeyUse.CODE, b"", b"message", epoch)


def test_the_software_ring_is_a_key_ring() -> None:
    port: KeyRing = a_key_ring()
    assert port.epochs(Ring.LEDGER) == (port.epoch(Ring.LEDGER),) == (1,)
