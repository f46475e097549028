"""`token`: what is published, and the change from one to the next, on every process of a gateway without a restart."""

import time

import httpx
import pytest
from operators import Operator, moved
from served import NO_TLS


def test_the_keys_are_listed_and_a_dry_run_changes_none(either: Operator) -> None:
    before = either.types("token", "keys", "--json").json
    assert before.keys() == {"current", "since", "next", "previous"}
    assert either.types("token", "rotate", "--leaked", "--dry-run", "--json").json == {"dry_run": True}
    assert either.types("token", "keys", "--json").json == before


def test_a_key_that_was_published_for_less_than_a_day_does_not_sign_yet(operator: Operator) -> None:
    first = operator.types("token", "keys", "--json").json
    told = operator.types("token", "rotate", "--json").json
    assert (told["current"], told["previous"]) == (first["next"], first["current"])
    for more in ((), ("--dry-run",)):
        said = operator.types("token", "rotate", "--json", *more)
        assert (said.code, said.json["error"]) == (4, "next_key_too_young")
    leaked = operator.types("token", "rotate", "--leaked", "--json").json
    assert (leaked["current"], leaked["previous"]) == (told["next"], None)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_two_processes_change_over_while_they_serve(
    template: Operator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    operator = moved(template, tmp_path_factory.mktemp("rotating") / "o")
    with operator.serves(GATEWAY_WORKERS="2") as served:
        told = operator.types("token", "rotate", "--json").json
        expected = [told["current"], told["next"], told["previous"]]
        deadline, alike = time.monotonic() + 60, 0
        while alike < 20:  # Each connection is taken by whichever process is free.
            keys = httpx.get(f"{served.url}/oauth/jwks", verify=NO_TLS).json()["keys"]
            alike = alike + 1 if [key["kid"] for key in keys] == expected else 0
            assert time.monotonic() < deadline
            time.sleep(0 if alike else 0.2)
