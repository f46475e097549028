"""Whatever happens on the way: asked again under the same key, and nothing is ever done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from client.posts import Post
from client.test_referring import DOCUMENT, TO_HARBOUR

from gateway.client import BusyError, NoAnswerError, Persistence, SigningKey, SignInRefusedError
from gateway.client.errors import NotUnderstoodError, ServerFaultError
from gateway.demo.agencies import CLINIC_SYSTEM

ACCEPT = "/v1/referrals"


def cut_after(request: httpx.Request, hand_on: Callable[[], httpx.Response]) -> httpx.Response:
    """The gateway read it and did it; its answer never came."""
    hand_on()
    raise httpx.ReadError("cut", request=request)


def cut_before(request: httpx.Request, _hand_on: Callable[[], httpx.Response]) -> httpx.Response:
    raise httpx.ConnectError("cut", request=request)


def answers(status: int, body: bytes = b"{}", **headers: str) -> Callable[..., httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request, _hand_on: httpx.Response(status, headers=named, content=body)


def leaves(post: Post) -> int:
    return post.line.world.gateway.log.head().size


@pytest.mark.parametrize("cut", [cut_after, cut_before], ids=["after-it-was-read", "before"])
def test_a_cut_connection_neither_loses_nor_doubles(post: Post, cut: Callable[..., httpx.Response]) -> None:
    faulty = post.faulty(cut, cut, None)
    before = leaves(post)
    sent = post.client(CLINIC_SYSTEM, faulty).refer(DOCUMENT, TO_HARBOUR)
    asked = [request for request in faulty.seen if request.url.path == ACCEPT]
    assert len(asked) == 3
    assert len({request.headers["Idempotency-Key"] for request in asked}) == 1
    assert len({request.content for request in asked}) == 1
    assert len({request.headers["DPoP"] for request in asked}) == 3
    assert leaves(post) == before + 1
    assert post.client(CLINIC_SYSTEM).referral(sent.id).id == sent.id


def test_each_wait_is_longer_than_the_last_and_no_two_clients_wait_alike(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, post.faulty(cut_before, cut_before, cut_before, cut_before))
    client.refer(DOCUMENT, TO_HARBOUR)
    assert len(post.waits) == 4
    assert all(0.1 * 2**turn <= wait <= 0.2 * 2**turn for turn, wait in enumerate(post.waits))


def test_after_the_last_try_the_key_is_handed_back_to_go_on_with(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, post.faulty(*[cut_after] * 6))
    before = leaves(post)
    with pytest.raises(NoAnswerError) as doubt:
        client.refer(DOCUMENT, TO_HARBOUR, key="kept-beside-the-case")
    assert doubt.value.key == "kept-beside-the-case"
    client.refer(DOCUMENT, TO_HARBOUR, key="kept-beside-the-case")
    assert leaves(post) == before + 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_gateway_says_when_to_come_back_and_is_obeyed(post: Post, status: int) -> None:
    post.client(CLINIC_SYSTEM, post.faulty(answers(status, Retry_After="7"), None)).refer(DOCUMENT, TO_HARBOUR)
    assert post.waits == [7.0]


def test_who_is_told_to_come_back_much_later_is_not_kept_waiting(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, post.faulty(answers(429, b'{"code": "too_many"}', Retry_After="3600")))
    with pytest.raises(BusyError) as busy:
        client.refer(DOCUMENT, TO_HARBOUR)
    assert (busy.value.told.retry_after, busy.value.code, post.waits) == (3600.0, "too_many", [])


def test_a_gateway_that_stays_busy_is_given_up_with_its_own_answer(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, post.faulty(*[answers(503)] * 6))
    with pytest.raises(BusyError):
        client.refer(DOCUMENT, TO_HARBOUR)


def test_a_defect_is_not_asked_for_again(post: Post) -> None:
    faulty = post.faulty(answers(500, b'{"code": "defect"}'))
    with pytest.raises(ServerFaultError):
        post.client(CLINIC_SYSTEM, faulty).refer(DOCUMENT, TO_HARBOUR)
    assert faulty.paths().count(ACCEPT) == 1


def test_an_answer_that_is_none_of_the_gateways_is_not_believed(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM, post.faulty(answers(201, b"<html>"), answers(201, b'{"state": "accepted"}')))
    for _ in range(2):
        with pytest.raises(NotUnderstoodError):
            client.refer(DOCUMENT, TO_HARBOUR)


def test_a_token_that_ran_out_is_renewed(post: Post) -> None:
    faulty = post.faulty()
    client = post.client(CLINIC_SYSTEM, faulty)
    client.get("/v1/notices")
    faulty.faults.append(answers(401, b"{}", WWW_Authenticate='DPoP error="invalid_token"'))
    client.get("/v1/notices")
    assert faulty.paths().count("/oauth/token") == 3  # The first brought the nonce.


def test_a_token_is_renewed_before_it_runs_out(post: Post) -> None:
    faulty = post.faulty()
    client = post.client(CLINIC_SYSTEM, faulty)
    client.get("/v1/notices")
    with post.later(seconds=280):
        client.get("/v1/notices")
    assert faulty.paths().count("/oauth/token") >= 3


def test_a_nonce_that_grew_old_is_replaced(post: Post) -> None:
    faulty = post.faulty()
    client = post.client(CLINIC_SYSTEM, faulty)
    client.get("/v1/notices")
    client.line._nonce = "an-old-one"
    client.get("/v1/notices")
    assert faulty.paths().count("/v1/notices") == 3
    assert faulty.paths().count("/oauth/token") == 2


def test_a_client_nobody_registered_gets_no_token(post: Post) -> None:
    client = post.client(CLINIC_SYSTEM)
    stranger = SigningKey.from_jwk({**client.line._signer.key.jwk.as_dict(private=True)})
    client.line._signer = type(client.line._signer)("nobody", stranger, post.line.clock, client.line._signer.entropy)
    with pytest.raises(SignInRefusedError) as refused:
        client.get("/v1/notices")
    assert refused.value.code == "invalid_client"


def test_threads_share_one_token_and_each_gets_its_own_answer(post: Post) -> None:
    faulty = post.faulty()
    client = post.client(CLINIC_SYSTEM, faulty)
    with ThreadPoolExecutor(8) as threads:
        sent = [*threads.map(lambda _: client.refer(DOCUMENT, TO_HARBOUR), range(16))]
    assert len({referral.id for referral in sent}) == 16
    assert faulty.paths().count("/oauth/token") == 2


def test_whoever_asks_again_pauses_a_minute_at_most_and_gives_up_at_last(post: Post) -> None:
    waits: list[float] = []
    entropy = post.client(CLINIC_SYSTEM).line._signer.entropy

    def cut() -> None:
        raise httpx.ConnectError("cut")

    with pytest.raises(NoAnswerError):
        Persistence(tries=20, pause=waits.append).until_told(cut, entropy, None)
    assert len(waits) == 19
    assert max(waits) <= 60
