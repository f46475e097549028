"""A client whose tokens are limited beside its scopes (RFC 9396): inside the limit all is as ever, outside nothing."""

from dataclasses import replace

import pytest
from client.posts import Post
from client.test_referring import DOCUMENT, TO_HARBOUR

from gateway.client import Act, Detail, NotAllowedError, Purpose, Route, SignInRefusedError
from gateway.client.wanted import Wanted
from gateway.demo.agencies import CLINIC_SYSTEM, NOBODY, SHELTER
from gateway.demo.messages import FIRST

SENDS_THERE = Detail(frozenset({Act.SEND}), frozenset({SHELTER}), frozenset({Purpose.ACCOMMODATION}))


def test_inside_its_limit_a_client_sends_as_ever(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, authorization_details=(SENDS_THERE,))
    assert client.refer(DOCUMENT, TO_HARBOUR).sent == ("language", "need")
    assert client.post("/v1/consents/search", {"person_ref": FIRST}).accepted()["consents"]


@pytest.mark.parametrize(
    "route", [replace(TO_HARBOUR, to=NOBODY), Route(SHELTER, Purpose.HEALTH)], ids=["recipient", "purpose"]
)
def test_outside_of_it_nothing_is_sent_and_nothing_is_looked_up(post: Post, route: Route) -> None:
    client = post.client(CLINIC_SYSTEM, authorization_details=(SENDS_THERE,))
    with pytest.raises(NotAllowedError) as no:
        client.refer(DOCUMENT, route)
    assert (no.value.code, no.value.told.decision_id) == ("outside_authorization_details", None)


def test_an_act_that_was_not_asked_for_is_outside(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, authorization_details=(SENDS_THERE,))
    with pytest.raises(NotAllowedError):
        client.preview(DOCUMENT, TO_HARBOUR)


def test_one_of_many_limits_is_enough(post: Post) -> None:
    limits = (replace(SENDS_THERE, acts=frozenset({Act.ASK_FOR_ROOM})), SENDS_THERE)
    assert post.client(CLINIC_SYSTEM, authorization_details=limits).refer(DOCUMENT, TO_HARBOUR).id


def test_a_limit_that_the_gateway_does_not_know_gives_no_token(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, authorization_details=(Detail(frozenset({Act.SEND}), frozenset({"No Id"})),))
    with pytest.raises(SignInRefusedError, match="invalid_authorization_details"):
        client.refer(DOCUMENT, TO_HARBOUR)


def test_without_limits_none_are_asked_for() -> None:
    assert Wanted().form({"client_id": "x"}) == {"grant_type": "client_credentials", "client_id": "x"}
