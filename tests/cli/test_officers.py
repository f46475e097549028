"""`officer`: the first officer's link, printed once; who there is; and ending one."""

import json

from operators import Operator

NAMED = {"GATEWAY_URL": "https://gateway.example"}


def test_the_first_officer_is_invited_by_a_link_that_is_not_kept(operator: Operator) -> None:
    said = operator.types("officer", "invite", "--role", "dpo", "--role", "second_approver", "--json", **NAMED)
    assert said.code == 0, said.err
    link = str(said.json["link"])
    place, _, code = link.partition("#")
    assert (place, len(code)) == ("https://gateway.example/people/enrol", 43)
    assert code.encode() not in (operator.data / "gateway.db").read_bytes()


def test_a_link_that_no_browser_could_use_is_not_made(operator: Operator) -> None:
    """Passkeys are bound to a host name; browsers refuse them for an address."""
    said = operator.types("officer", "invite", "--role", "dpo")
    assert said.code != 0
    assert "host name" in said.err


def test_an_invitation_nobody_can_be_is_refused(operator: Operator) -> None:
    assert operator.types("officer", "invite", "--role", "caseworker", **NAMED).code == 4
    assert operator.types("officer", "invite", "--role", "dpo", "--agency", "nobody", **NAMED).code == 4
    assert operator.types("officer", "invite", "--role", "chief", **NAMED).code == 2
    assert operator.types("officer", "invite", **NAMED).code == 2


def test_a_dry_run_makes_no_link(operator: Operator) -> None:
    said = operator.types("officer", "invite", "--role", "dpo", "--dry-run", "--json", **NAMED)
    assert (said.code, said.json) == (0, {"dry_run": True})
    assert operator.types("officer", "invite", "--role", "caseworker", "--dry-run", **NAMED).code == 4


def test_officers_are_listed_and_nobody_unknown_is_revoked(operator: Operator) -> None:
    said = operator.types("officer", "list", "--json", **NAMED)
    assert json.loads(said.out) == {"officers": []}
    said = operator.types("officer", "revoke", "invented", "--yes", **NAMED)
    assert (said.code, "no such officer" in said.err) == (4, True)
