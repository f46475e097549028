"""`client`: limits at registration, keys that follow one another, and when they end."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import POLICE, SHELTER
from operators import Operator
from papers import private_key, public_key

from schemas.documents import Json


def added(operator: Operator, name: str, *options: str) -> dict[str, Json]:
    keys = operator.paper(f"{name}.json", {"keys": [public_key(name)]})
    asked = ("client", "add", name, "--agency", POLICE, "--jwks", keys, "--scope", "referrals:send")
    said = operator.types(*asked, *options, "--json")
    assert said.code == 0, said.err
    return said.json


def listed(operator: Operator, name: str) -> dict[str, Json]:
    clients = operator.types("client", "list", "--json").json["clients"]
    assert isinstance(clients, list)
    [found] = [one for one in clients if isinstance(one, dict) and one["id"] == name]
    return found


def test_a_client_is_limited_to_recipients_purposes_and_acts(either: Operator) -> None:
    limits = (
        "--recipient",
        SHELTER,
        "--purpose",
        "assistance.accommodation",
        "--action",
        "send",
        "--action",
        "preview",
    )
    told = added(either, "limited-system", *limits)
    expected = {"recipients": [SHELTER], "purposes": ["assistance.accommodation"], "acts": ["preview", "send"]}
    assert {name: told[name] for name in expected} == expected
    assert listed(either, "limited-system")["limits"] == expected


def test_a_client_without_limits_has_none(running: Operator) -> None:
    added(running, "open-system")
    assert listed(running, "open-system")["limits"] == {}


def test_a_recipient_nobody_registered_is_refused(running: Operator) -> None:
    keys = running.paper("odd.json", {"keys": [public_key("odd-system")]})
    asked = ("client", "add", "odd-system", "--agency", POLICE, "--jwks", keys, "--scope", "referrals:send")
    said = running.types(*asked, "--recipient", "nobody-we-know", "--json")
    assert (said.code, said.json["error"]) == (4, "recipient_unknown")
    assert running.types(*asked, "--purpose", "everything").code == 2


def test_keys_follow_one_another(either: Operator) -> None:
    added(either, "turning-system")
    second = either.paper("second.json", {"keys": [{**public_key("turning-again"), "kid": "2"}]})
    assert either.types("client", "key", "add", "turning-system", "--jwks", second, "--dry-run").code == 0
    said = either.types("client", "key", "add", "turning-system", "--jwks", second, "--expires", "2027-06-30", "--json")
    assert said.code == 0, said.err
    assert [key["kid"] for key in said.json["keys"]] == ["1", "2"]
    assert listed(either, "turning-system")["keys"][1] == {"kid": "2", "kind": "Ed25519", "expires": "2027-06-30"}
    assert either.types("client", "key", "retire", "turning-system", "1", "--dry-run").code == 0
    assert either.types("client", "key", "retire", "turning-system", "1").code == 0
    assert [key["kid"] for key in listed(either, "turning-system")["keys"]] == ["2"]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("retire", "police-system", "1"), 4, "last_key"),
        (("retire", "police-system", "nine"), 4, "key_unknown"),
        (("retire", "nobody", "1"), 4, "client_unknown"),
    ],
)
def test_a_key_that_cannot_be_retired_says_why(
    running: Operator, arguments: tuple[str, ...], code: int, error: str
) -> None:
    said = running.types("client", "key", *arguments, "--json")
    assert (said.code, said.json["error"]) == (code, error)


def test_a_private_key_is_refused_here_too(running: Operator) -> None:
    file = running.paper("private.json", {"keys": [private_key("another")]})
    said = running.types("client", "key", "add", "police-system", "--jwks", file, "--json")
    assert (said.code, said.json["error"]) == (4, "private_key_given")
    assert str(private_key("another")["d"]) not in said.out + said.err


@pytest.mark.parametrize(("day", "code"), [("2020-01-01", 4), ("2099-01-01", 4), ("30.6.2027", 2), ("", 2)])
def test_a_day_that_cannot_be_the_last_is_refused(running: Operator, day: str, code: int) -> None:
    file = running.paper("late.json", {"keys": [{**public_key("late"), "kid": "late"}]})
    assert running.types("client", "key", "add", "police-system", "--jwks", file, "--expires", day).code == code


def test_a_resource_server_is_registered_and_a_client_may_ask_for_tokens_for_it(either: Operator) -> None:
    keys = either.paper("records.json", {"keys": [public_key("records-server")]})
    asked = ("client", "add", "records-server", "--agency", SHELTER, "--jwks", keys, "--mode", "resource_server")
    said = either.types(*asked, "--audience", "https://records.example", "--json")
    assert said.code == 0, said.err
    added(either, "reading-system", "--resource", "https://records.example")
    assert listed(either, "reading-system")["limits"] == {"resources": ["https://records.example"]}
    assert listed(either, "records-server")["limits"] == {"audience": "https://records.example"}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--mode", "resource_server"), "audience_missing"),
        (("--audience", "https://other.example", "--scope", "referrals:send"), "audience_missing"),
        (("--mode", "resource_server", "--audience", "http://other.example"), "audience_form"),
        (("--mode", "resource_server", "--audience", "https://Other.example"), "audience_form"),
        (("--mode", "resource_server", "--audience", "https://u@other.example"), "audience_form"),
        (("--mode", "resource_server", "--audience", "https://other.example?x=1"), "audience_form"),
        (
            ("--mode", "resource_server", "--audience", "https://o.example", "--scope", "referrals:send"),
            "resource_server_asks_nothing",
        ),
        (("--resource", "https://nobody.example", "--scope", "referrals:send"), "resource_unknown"),
        ((), "key_or_scope_missing"),
    ],
    ids=[
        *("no name", "a name", "http", "capitals", "a user", "a query"),
        *("a scope", "nobody's name", "nothing"),
    ],
)
def test_bounds_that_do_not_fit_are_refused(running: Operator, options: tuple[str, ...], error: str) -> None:
    keys = running.paper("unfit.json", {"keys": [public_key("unfit")]})
    said = running.types("client", "add", "unfit", "--agency", SHELTER, "--jwks", keys, *options, "--json")
    assert (said.code, said.json["error"]) == (4, error)


def test_doctor_warns_of_a_key_that_ends_soon(either: Operator) -> None:
    soon = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    added(either, "ending-system", "--expires", soon)
    said = either.types("doctor")
    [line] = [line for line in said.out.splitlines() if "client keys" in line]
    assert line.startswith("PROBLEM")
    assert f"of ending-system, {soon}" in line
    assert either.types("client", "revoke", "ending-system").code == 0
    assert "ok      client keys: None ends within a month." in either.types("doctor").out
