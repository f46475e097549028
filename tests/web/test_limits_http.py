"""How often an address, a client, or somebody who fails to say who he is may ask over HTTP."""

from datetime import timedelta

import pytest
from builders import POLICE, SHELTER
from line import a_line
from web_door import Web

from gateway.core.limits import Buckets, Limits
from gateway.web.limiting import address_of

ASKED = "/v1/capacity-questions/asked"
PROXY = "10.0.0.1"


def a_web(**buckets: Buckets) -> Web:
    line = a_line()
    return Web(line, limits=Limits(line.clock, **buckets))


def statuses(web: Web, times: int, agency: str | None = POLICE, path: str = ASKED) -> list[int]:
    return [web.ask("GET", path, agency=agency).status for _ in range(times)]


def test_a_client_that_asks_too_often_waits_and_no_other_does() -> None:
    web = a_web(clients=Buckets(1, 2))
    assert statuses(web, 3) == [200, 200, 429]
    assert statuses(web, 1, SHELTER) == [200]
    refused = web.ask("GET", ASKED)
    assert (refused.code, refused.header("retry-after")) == ("too_many_requests", "1")
    web.moved(timedelta(seconds=1))
    assert statuses(web, 2) == [200, 429]


def test_what_is_refused_for_haste_uses_no_proof_up() -> None:
    web = a_web(clients=Buckets(1, 1))
    statuses(web, 1)
    proof = {"DPoP": "one proof"}
    assert web.ask("GET", ASKED, headers=proof).status == 429
    web.moved(timedelta(seconds=1))
    assert web.ask("GET", ASKED, headers=proof).status == 200


@pytest.mark.parametrize(
    "again",
    [("GET", ASKED, ""), ("GET", ASKED, "mistyped=1"), ("POST", "/v1/withdrawals", "")],
    ids=["right", "wrong", "another request"],
)
def test_whoever_sends_a_stolen_proof_again_uses_nothing_up_of_what_its_client_may_ask(
    again: tuple[str, str, str],
) -> None:
    web = a_web(clients=Buckets(0.001, 3))
    stolen = {"DPoP": "one proof"}
    assert web.ask("GET", ASKED, headers=stolen).status == 200
    method, path, query = again
    assert [web.ask(method, path, headers=stolen, query=query).status for _ in range(5)] == [401] * 5
    assert statuses(web, 3) == [200, 200, 429]


def test_a_request_that_is_wrong_counts_as_one_that_is_right() -> None:
    web = a_web(clients=Buckets(0.001, 3))
    assert [web.ask("GET", ASKED, query="mistyped=1").status for _ in range(2)] == [400, 400]
    assert statuses(web, 2) == [200, 429]


def test_an_address_that_asks_too_often_waits_whoever_it_says_it_is() -> None:
    web = a_web(addresses=Buckets(1, 2))
    assert statuses(web, 1) + statuses(web, 2, SHELTER) == [200, 200, 429]
    assert web.verifier.requests == 2
    assert statuses(web, 3, path="/livez") == [200, 200, 200]


def test_who_fails_too_often_waits_and_who_does_not_fail_is_let_in_beside_him() -> None:
    web = a_web(failures=Buckets(0.1, 2))
    assert statuses(web, 4, agency=None) == [401, 401, 429, 429]
    refused = web.ask("GET", ASKED, agency=None)
    assert (refused.code, refused.header("retry-after")) == ("too_many_requests", "10")
    assert refused.header("www-authenticate") is None
    assert statuses(web, 5) == [200] * 5
    web.moved(timedelta(seconds=10))
    assert statuses(web, 2, agency=None) == [401, 429]


def scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    return {"client": None if peer is None else (peer, 1), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "name"),
    [
        ("192.0.2.7", (), "192.0.2.7"),
        ("192.0.2.7", ("198.51.100.1",), "192.0.2.7"),
        (PROXY, ("198.51.100.1",), "198.51.100.1"),
        (PROXY, ("6.6.6.6, 198.51.100.1",), "198.51.100.1"),
        (PROXY, ("6.6.6.6", "198.51.100.1"), "198.51.100.1"),
        (PROXY, (f"198.51.100.1, {PROXY}",), "198.51.100.1"),
        (PROXY, (), PROXY),
        (PROXY, ("nonsense",), "unknown"),
        (f"::ffff:{PROXY}", ("198.51.100.1",), "198.51.100.1"),
        (PROXY, ("198.51.100.1:50123",), "198.51.100.1"),
        (PROXY, (f"198.51.100.1, [::ffff:{PROXY}]:443",), "198.51.100.1"),
        (PROXY, ("[2001:db8::7]:50123",), "2001:db8::/64"),
        (PROXY, ("2001:DB8:0::7",), "2001:db8::/64"),
        (None, ("198.51.100.1",), "198.51.100.1"),
        (None, (), "unknown"),
    ],
    ids=[
        *("peer", "believed from nobody", "from the proxy", "written before", "two headers", "two proxies"),
        *("nothing forwarded", "no address", "known by IPv6", "port", "two proxies with ports", "port of IPv6", "IPv6"),
        *("unix socket", "nothing at all"),
    ],
)
def test_only_a_trusted_proxy_says_who_its_peer_was(peer: str | None, forwarded: tuple[str, ...], name: str) -> None:
    assert address_of(scope(peer, *forwarded), frozenset({PROXY})) == name
