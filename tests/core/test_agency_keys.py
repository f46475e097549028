"""Keys of agencies: unusable ones are refused, pinned ones stay until both sides sign another, changes are told."""

from datetime import date

import pytest
from builders import NOON
from rings import bytes_from

from gateway.core.encoding import base64url
from gateway.core.errors import RecipientError, RegistrationRefusedError
from gateway.core.parties.agency_keys import (
    check_usable,
    endings,
    key_change,
    refuse_renamed,
    refuse_unpinned,
    refuse_unsealed,
)
from schemas.documents import Document, Json

PUBLIC = base64url(bytes_from("a point"))
OTHER = base64url(bytes_from("another point"))


def an_agency(*public_keys: str, use: str = "hpke-x25519", **changes: Json) -> Document:
    sealing: list[Json] = [
        {"id": f"k-{key[:4]}", "use": use, "public_key": key, **changes} for key in public_keys or (PUBLIC,)
    ]
    signing: list[Json] = [{"id": "s1", "alg": "EdDSA", "public_key": OTHER}]
    return {"id": "hill-shelter", "keys": {"signing": signing, "sealing": sealing}}


def an_agreement(*pinned: str, until: str = "2099-12-31", recipient: str = "hill-shelter") -> Document:
    keys: list[Json] = [{"id": "any", "use": "hpke-x25519", "public_key": key} for key in pinned]
    span: Document = {"from": "2000-01-01", "to": until}
    return {"recipient": recipient, "in_force": span, **({"recipient_keys": keys} if pinned else {})}


def test_a_key_that_cannot_be_sealed_to_in_its_way_is_refused() -> None:
    check_usable(an_agency())
    for unusable in (an_agency(base64url(bytes(32))), an_agency(use="jwe-p256"), an_agency(use="hpke-mlkem768-x25519")):
        with pytest.raises(RecipientError):
            check_usable(unusable)


def test_a_pinned_key_is_replaced_only_once_an_agreement_names_the_new_one() -> None:
    changed = an_agency(OTHER)

    with pytest.raises(RegistrationRefusedError) as refused:
        refuse_unpinned(changed, [an_agreement(PUBLIC)], NOON)

    assert refused.value.code == "pinned_key_differs"
    refuse_unpinned(changed, [an_agreement(PUBLIC, OTHER)], NOON)
    refuse_unpinned(an_agency(PUBLIC, OTHER), [an_agreement(PUBLIC)], NOON)


@pytest.mark.parametrize(
    "agreement",
    [an_agreement(), an_agreement(PUBLIC, until="2001-01-01"), an_agreement(PUBLIC, recipient="other-shelter")],
    ids=["pins none", "over", "of another recipient"],
)
def test_an_agreement_that_does_not_speak_of_it_holds_no_key(agreement: Document) -> None:
    refuse_unpinned(an_agency(OTHER), [agreement], NOON)


def test_what_is_sealed_to_a_pinned_key_does_not_become_readable_by_a_registration_alone() -> None:
    """Else whoever runs the gateway needs no key of his own: he has it delivered in another way."""
    sealed: Document = {**an_agency(), "delivery_mode": "sealed-pull"}
    for mode in ("plain-pull", "native-push"):
        readable: Document = {**sealed, "delivery_mode": mode}
        with pytest.raises(RegistrationRefusedError) as refused:
            refuse_unsealed(sealed, readable, [an_agreement(PUBLIC)], NOON)
        assert refused.value.code == "sealed_by_agreement"
        for agreements in ([], [an_agreement()], [an_agreement(PUBLIC, until="2001-01-01")]):
            refuse_unsealed(sealed, readable, agreements, NOON)
        refuse_unsealed(readable, sealed, [an_agreement(PUBLIC)], NOON)
        refuse_unsealed(readable, readable, [an_agreement(PUBLIC)], NOON)


def test_a_new_key_needs_a_new_id() -> None:
    older, newer = an_agency(), an_agency(PUBLIC)
    refuse_renamed(older, newer)
    with pytest.raises(RegistrationRefusedError):
        refuse_renamed(an_agency(PUBLIC, id="k"), an_agency(OTHER, id="k"))


def test_the_log_is_told_that_keys_became_others_and_nothing_where_they_stayed() -> None:
    assert key_change(an_agency(), an_agency()) is None
    told = key_change(an_agency(), an_agency(OTHER))
    assert told is not None
    assert told["recipient"] == "hill-shelter"
    assert told["content"] != (key_change(an_agency(OTHER), an_agency()) or {})["content"]


def test_keys_with_a_last_day_are_listed_the_soonest_first() -> None:
    registered = [an_agency(PUBLIC, expires="2031-09-02"), an_agency(OTHER, expires="2031-09-01"), an_agency()]

    assert [(ending.agency, ending.last_day) for ending in endings(registered)] == [
        ("hill-shelter", date(2031, 9, 1)),
        ("hill-shelter", date(2031, 9, 2)),
    ]
