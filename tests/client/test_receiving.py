"""The recipient's side: fetched under a lease, opened with her own key, proven to be the gateway's, acknowledged."""

import json
from dataclasses import replace

import httpx
import pytest
from client.posts import Post
from client.test_referring import DOCUMENT, TO_HARBOUR
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gateway.client import Message, NotFoundError, Purpose, Route, UnprovenError
from gateway.client.errors import NotUnderstoodError
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, NGO, NGO_SYSTEM, RECORDS, SHELTER, SHELTER_SYSTEM
from gateway.demo.messages import MIRELA, NDEX, TO_NGO, TO_SHELTER, consent, police_incident, supplement
from schemas.vocabulary import Need


@pytest.fixture
def message(post: Post) -> Message:
    """One message that waits at the shelter, fetched and opened; what waited before is acknowledged."""
    shelter = post.client(SHELTER_SYSTEM, opener=post.opener(SHELTER))
    while waiting := shelter.inbox(20):
        for one in waiting:
            shelter.acknowledge(one)
    post.client(CLINIC_SYSTEM).refer(DOCUMENT, TO_HARBOUR)
    [fetched] = shelter.inbox()
    return fetched


def test_a_sealed_message_is_opened_and_acknowledged(post: Post, message: Message) -> None:
    assert json.loads(message.body)[0]["method"] == "POST"
    assert "Invented" not in repr(message)
    shelter = post.client(SHELTER_SYSTEM)
    shelter.acknowledge(message)
    shelter.acknowledge(message.id)
    assert shelter.inbox() == ()


@pytest.mark.parametrize("wrong", ["another_gateway", "another_agency", "another_key", "no_pinned_key"])
def test_what_does_not_open_is_not_taken_in(post: Post, wrong: str) -> None:
    ours = post.opener(SHELTER)
    openers = {
        "another_gateway": replace(ours, gateway_keys=(bytes(32),)),
        "another_agency": replace(ours, agency="lake-shelter"),
        "another_key": replace(ours, keys=(X25519PrivateKey.generate(),)),
        "no_pinned_key": replace(ours, gateway_keys=()),
    }
    post.client(CLINIC_SYSTEM).refer(DOCUMENT, TO_HARBOUR)
    with pytest.raises(UnprovenError):
        post.client(SHELTER_SYSTEM, opener=openers[wrong]).inbox()


def test_a_key_that_is_being_replaced_still_opens(post: Post, message: Message) -> None:
    ours = post.opener(SHELTER)
    both = replace(ours, keys=(X25519PrivateKey.generate(), *ours.keys), gateway_keys=(bytes(32), *ours.gateway_keys))
    post.client(SHELTER_SYSTEM).acknowledge(message)
    post.client(CLINIC_SYSTEM).refer(DOCUMENT, TO_HARBOUR)
    assert len(post.client(SHELTER_SYSTEM, opener=both).inbox()) == 1


def test_a_message_swapped_for_another_is_noticed(post: Post) -> None:
    """The gateway's storage cannot answer one lease with the box of another."""
    post.client(CLINIC_SYSTEM).refer(DOCUMENT, TO_HARBOUR)

    def renamed(_request: httpx.Request, hand_on: object) -> httpx.Response:
        told = hand_on().json()
        for one in told["messages"]:
            one["message"] = "0" * 26
        return httpx.Response(200, json=told)

    with pytest.raises(UnprovenError):
        post.client(SHELTER_SYSTEM, post.faulty(renamed), opener=post.opener(SHELTER)).inbox()


def test_a_notice_to_a_recipient_without_a_key_is_checked_by_its_signature(post: Post) -> None:
    police, ngo = post.client(RECORDS), post.client(NGO_SYSTEM)
    recorded = police.record_consent(consent(TO_NGO, post.line.clock.now()))
    post.line.world.confirm(recorded.consent)
    addition = supplement(MIRELA, Need.MENTAL_HEALTH)
    route = Route(NGO, Purpose.PSYCHOLOGICAL)
    police.refer(police_incident(), replace(route, urgency=TO_HARBOUR.urgency), media_type=NDEX, supplement=addition)
    [plain] = ngo.inbox()
    ngo.acknowledge(plain)
    police.withdraw(MIRELA)
    lied = []

    def altered(_request: httpx.Request, hand_on: object) -> httpx.Response:
        told = hand_on().json()
        lied.extend(told["messages"])
        told["messages"] = [{**one, "body": "e30="} for one in told["messages"]]
        return httpx.Response(200, json=told)

    with post.later(hours=2), pytest.raises(UnprovenError):
        post.client(NGO_SYSTEM, post.faulty(altered), opener=post.opener(NGO)).inbox()
    assert len(lied) == 1


def test_a_list_is_read_to_its_end_page_by_page(post: Post) -> None:
    clinic = post.client(CLINIC_SYSTEM)
    recorded = clinic.record_consent({**consent(TO_SHELTER, post.line.clock.now()), "discloser": CLINIC, **_BY_CLINIC})
    documents = [{**DOCUMENT, "subject": {**DOCUMENT["subject"], "person_ref": MIRELA}} for _ in range(2)]
    for document in documents:
        clinic.refer(document, TO_HARBOUR)
    shelter = post.client(SHELTER_SYSTEM)
    while waiting := shelter.inbox(20):
        for one in waiting:
            shelter.acknowledge(one)
    assert recorded.active
    assert clinic.withdraw(MIRELA).notices == 2
    pages = [page["notices"] for page in clinic.pages("/v1/notices", limit="1")]
    assert len(pages) >= 2
    assert all(len(page) == 1 for page in pages)


_BY_CLINIC = {"taken_by": {"agency": CLINIC, "name": "Agron Invented"}}


def test_what_is_no_message_is_not_asked_about(post: Post) -> None:
    shelter = post.client(SHELTER_SYSTEM)
    with pytest.raises(NotUnderstoodError):
        shelter.acknowledge("../../v1/erasures")
    with pytest.raises(NotFoundError):
        shelter.acknowledge("0" * 26)
