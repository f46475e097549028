"""`agency`, `agreement`, `client`: the same answers whether a gateway runs or not, and a reason for every no."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import POLICE, SHELTER
from certified import self_signed
from operators import Operator
from papers import BORDER, agency, agreement, private_key, public_key

from schemas.documents import Json

LONG_AGO, FAR_OFF, DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), timedelta(days=1)


def test_an_agency_is_registered_and_listed(either: Operator) -> None:
    said = either.types("agency", "add", either.paper("new.json", agency()), "--json")

    assert (said.code, said.json) == (0, {"agency": "hill-shelter"})
    listed = either.types("agency", "list", "--json").json["agencies"]
    assert isinstance(listed, list)
    functions = {str(entry["id"]): entry["function_class"] for entry in listed if isinstance(entry, dict)}
    assert functions["hill-shelter"] == "shelter"
    assert functions[BORDER] == "immigration_enforcement"


def test_a_list_for_people_is_a_line_each_with_tabs(running: Operator) -> None:
    said = running.types("agency", "list")

    assert f"{POLICE}\tpolice\tXX\tcanonical\tplain-pull\tHarbour Police" in said.out.splitlines()


def test_a_dry_run_registers_nothing(running: Operator) -> None:
    file = running.paper("dry.json", agency("dry-shelter"))

    said = running.types("agency", "add", file, "--dry-run", "--json")

    assert (said.code, said.json) == (0, {"dry_run": True})
    assert "dry-shelter" not in running.types("agency", "list").out


def test_a_dry_run_refuses_what_the_real_one_refuses(running: Operator) -> None:
    file = running.paper("agreement.json", agreement(POLICE, BORDER))

    assert running.types("agreement", "add", file, "--dry-run").code == 4


def test_a_document_that_breaks_its_schema_is_named_by_pointer_and_rule(running: Operator) -> None:
    file = running.paper("broken.json", agency(country="Marigoldia"))

    said = running.types("agency", "add", file, "--json")

    assert said.code == 2
    assert said.json["errors"] == [{"pointer": "/country", "rule": "pattern"}]
    assert "/country: pattern" in said.err
    assert "Marigoldia" not in said.out + said.err


@pytest.mark.parametrize("text", ["", "[]", '{"a":1,"a":2}', "{", '{"a":1.5}'])
def test_a_file_that_is_no_strict_json_is_refused(running: Operator, text: str) -> None:
    said = running.types("agency", "add", running.paper("bad.json", text))

    assert (said.code, said.next) == (2, "referral-gateway agency add --help")


def test_a_document_may_come_by_standard_input(running: Operator) -> None:
    assert running.types("agency", "add", "-", "--dry-run", stdin=b"{}").code == 2
    document = running.paper("by-stdin.json", agency("quay-shelter")).read_bytes()
    assert running.types("agency", "add", "-", stdin=document).code == 0


def test_an_agreement_is_registered_and_listed(running: Operator) -> None:
    file = running.paper("second.json", agreement(id="second-agreement"))

    assert running.types("agreement", "add", file).code == 0
    assert f"second-agreement\t{POLICE}\t{SHELTER}\tassistance.accommodation" in running.types("agreement", "list").out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient": BORDER}, "enforcement_never_receives"),
        ({"sender": "nobody-we-know"}, "agency_unknown"),
        ({"in_force": {"from": "2031-01-01", "to": "2030-01-01"}}, "ends_before_it_begins"),
    ],
    ids=["enforcement as recipient", "unknown agency", "ends first"],
)
def test_an_agreement_that_a_rule_forbids_is_refused(running: Operator, changes: dict[str, Json], code: str) -> None:
    parties = {side: str(changes[side]) for side in ("sender", "recipient") if side in changes}
    terms = {name: value for name, value in changes.items() if name not in parties}
    document = agreement(parties.get("sender", POLICE), parties.get("recipient", SHELTER), **terms)

    said = running.types("agreement", "add", running.paper("no.json", document), "--json")

    assert (said.code, said.json["error"]) == (4, code)
    assert said.next.startswith("referral-gateway ag")


def test_an_agreement_that_was_changed_after_signing_is_refused(running: Operator) -> None:
    document = agreement()
    terms = document["agreement"]
    assert isinstance(terms, dict)
    file = running.paper("forged.json", {**document, "agreement": {**terms, "retention_days": 3000}})

    said = running.types("agreement", "add", file, "--json")

    assert (said.code, said.json["error"]) == (4, "signature_invalid")


def test_a_client_is_registered_listed_and_switched_off(running: Operator) -> None:
    keys = running.paper("shelter.json", {"keys": [public_key("shelter-system")]})
    added = running.types(
        "client",
        "add",
        "shelter-system",
        "--agency",
        SHELTER,
        "--jwks",
        keys,
        "--scope",
        "inbox:read",
        "--scope",
        "inbox:acknowledge",
    )
    assert added.code == 0

    assert (
        f"shelter-system\t{SHELTER}\tyes\tdpop\tinbox:acknowledge inbox:read\tkid=1 kind=Ed25519"
        in running.types("client", "list").out
    )
    assert running.types("client", "revoke", "shelter-system", "--dry-run").code == 0
    assert "shelter-system\triver-shelter\tyes" in running.types("client", "list").out
    assert running.types("client", "revoke", "shelter-system").code == 0
    assert "shelter-system\triver-shelter\tno" in running.types("client", "list").out


def test_a_client_nobody_registered_cannot_be_switched_off(running: Operator) -> None:
    for more in ((), ("--dry-run",)):
        said = running.types("client", "revoke", "nobody", *more)
        assert (said.code, said.next) == (1, "referral-gateway client list")


@pytest.mark.parametrize(
    ("client", "agency_id", "keys", "exit_code", "code"),
    [
        ("another", POLICE, [private_key("another")], 4, "private_key_given"),
        ("another", POLICE, [public_key()], 4, "key_shared"),
        ("police-system", POLICE, [public_key("another")], 4, "client_exists"),
        ("another", "nobody-we-know", [public_key("another")], 4, "agency_unknown"),
        ("another", POLICE, [{"kty": "oct", "kid": "1"}], 4, "key_unusable"),
        ("a/../b", POLICE, [public_key("another")], 4, "client_id_form"),
        ("another", POLICE, [], 2, "bad_request"),
    ],
    ids=["private key", "shared key", "known id", "unknown agency", "symmetric key", "odd id", "no key"],
)
def test_a_client_that_cannot_be_is_refused(
    running: Operator, client: str, agency_id: str, keys: list[object], exit_code: int, code: str
) -> None:
    file = running.paper("keys.json", {"keys": keys})

    said = running.types(
        "client", "add", client, "--agency", agency_id, "--jwks", file, "--scope", "inbox:read", "--json"
    )

    assert (said.code, said.json["error"]) == (exit_code, code)
    assert str(private_key("another")["d"]) not in said.out + said.err


def test_a_smart_client_belongs_to_an_agency_that_speaks_fhir(running: Operator) -> None:
    file = running.paper("keys.json", {"keys": [public_key("another")]})
    asked = ("client", "add", "another", "--agency", POLICE, "--jwks", file, "--scope", "inbox:read", "--mode", "smart")
    said = running.types(*asked, "--json")
    assert (said.code, said.json["error"]) == (4, "smart_without_fhir")
    assert running.types(*asked[:-1], "anything").code == 2


def test_a_client_is_registered_by_its_certificate(running: Operator) -> None:
    file = running.home / "own.pem"
    file.write_bytes(self_signed(since=LONG_AGO, until=FAR_OFF).pem)
    asked = ("client", "add", "certified", "--agency", SHELTER, "--scope", "inbox:read", "--mode", "mtls")

    assert running.types(*asked, "--certificate", file, "--dry-run").code == 0
    assert running.types(*asked, "--certificate", file).code == 0

    assert f"certified\t{SHELTER}\tyes\tmtls\tinbox:read" in running.types("client", "list").out
    again = running.types(*asked[:2], "certified-too", *asked[3:], "--certificate", file, "--json")
    assert (again.code, again.json["error"]) == (4, "key_shared")


def test_an_id_that_begins_with_a_dash_is_no_option(operator: Operator) -> None:
    """A thumbprint (RFC 7638) may begin with one."""
    said = operator.types(
        "client", "key", "retire", "nobody", "-d-Nt4dQnse5MbZSnhreZjpVW4ex7tc2wNmfd0vI4lQ", "--dry-run"
    )
    assert said.err.startswith("No client of that id")


def test_the_next_certificate_is_added_and_the_old_one_retired(operator: Operator) -> None:
    for name in ("first", "second"):
        (operator.home / name).write_bytes(self_signed(name, since=LONG_AGO, until=FAR_OFF).pem)
    asked = ("client", "add", "renewing", "--agency", SHELTER, "--scope", "inbox:read", "--mode", "mtls")
    assert operator.types(*asked, "--certificate", operator.home / "first").code == 0
    added = operator.types("client", "key", "add", "renewing", "--certificate", operator.home / "second", "--json")
    first, second = (self_signed(name, since=LONG_AGO, until=FAR_OFF).thumbprint for name in ("first", "second"))
    keys = added.json["keys"]
    assert isinstance(keys, list)
    assert [key["kid"] for key in keys if isinstance(key, dict)] == [first, second]
    assert operator.types("client", "key", "retire", "renewing", first).code == 0
    file = operator.paper("keys.json", {"keys": [public_key("renewing")]})
    for client, given in (
        ("renewing", ("--jwks", file)),
        ("police-system", ("--certificate", operator.home / "first")),
    ):
        said = operator.types("client", "key", "add", client, *given, "--json")
        assert (said.code, said.json["error"]) == (4, "key_of_another_mode")


def test_a_client_is_registered_by_what_an_authority_says_of_it(running: Operator) -> None:
    asked = ("client", "add", "named", "--agency", SHELTER, "--scope", "inbox:read", "--mode", "mtls")
    assert running.types(*asked, "--certificate-name", "san_dns=shelter.example").code == 0
    again = running.types(
        *asked[:2], "named-too", *asked[3:], "--certificate-name", "san_dns=shelter.example", "--json"
    )
    assert (again.code, again.json["error"]) == (4, "certificate_name_shared")


@pytest.mark.parametrize(
    ("given", "mode", "exit_code", "code"),
    [
        ({}, "mtls", 4, "certificate_missing"),
        ({"--certificate": b"nothing"}, "mtls", 4, "certificate_unreadable"),
        ({"--certificate": self_signed(key="rsa1024", until=FAR_OFF).pem}, "mtls", 4, "certificate_key"),
        (
            {"--certificate": self_signed(until=LONG_AGO + DAY, since=LONG_AGO).pem},
            "mtls",
            4,
            "certificate_not_in_force",
        ),
        ({"--certificate": self_signed().key_pem}, "mtls", 4, "private_key_given"),
        ({"--certificate": self_signed(padding=5000).pem}, "mtls", 4, "certificate_too_large"),
        ({"--certificate-name": "san_ip=abc"}, "mtls", 2, "bad_request"),
        ({"--certificate-name": "san_dns"}, "mtls", 2, "bad_request"),
        ({"--certificate-name": "nickname=shelter"}, "mtls", 2, "bad_request"),
        ({"--jwks": b'{"keys":[]}'}, "mtls", 2, "bad_request"),
        ({"--certificate": self_signed().pem}, "dpop", 2, "bad_request"),
        ({"--certificate-name": "san_dns=shelter.example"}, "smart", 2, "bad_request"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(
    running: Operator, given: dict[str, str | bytes], mode: str, exit_code: int, code: str
) -> None:
    options: list[str | Path] = []
    for name, value in given.items():
        file = running.home / "given"
        file.write_bytes(value if isinstance(value, bytes) else b"")
        options += [name, value if isinstance(value, str) else file]
    asked = ("client", "add", "another", "--agency", SHELTER, "--scope", "inbox:read", "--mode", mode)

    said = running.types(*asked, *options, "--json")

    assert (said.code, said.json["error"]) == (exit_code, code)
    assert "PRIVATE" not in said.out + said.err


def test_a_scope_that_does_not_exist_is_wrong_use(running: Operator) -> None:
    file = running.paper("keys.json", {"keys": [public_key("another")]})

    said = running.types("client", "add", "another", "--agency", POLICE, "--jwks", file, "--scope", "everything")

    assert said.code == 2
    assert "referrals:send" in said.err


def test_a_pinned_key_is_changed_only_with_an_agreement_and_each_change_is_an_entry(
    running: Operator, tmp_path: Path
) -> None:
    def keys(*names: str) -> dict[str, Json]:
        sealing: list[Json] = [
            {"id": name, "use": "hpke-x25519", "public_key": public_key(name)["x"]} for name in names
        ]
        return {"keys": {**dict(agency("key-shelter")["keys"]), "sealing": sealing}}

    def registered(*names: str) -> int:
        return running.types("agency", "add", running.paper("keys.json", agency("key-shelter", **keys(*names)))).code

    def agreed(name: str, key: str) -> int:
        pinned: list[Json] = [{"id": key, "use": "hpke-x25519", "public_key": public_key(key)["x"]}]
        terms = agreement(POLICE, "key-shelter", id=name, recipient_keys=pinned)
        return running.types("agreement", "add", running.paper("pinned.json", terms)).code

    assert (registered("k1"), agreed("pinned", "k1")) == (0, 0)
    assert registered("k2") == 4
    assert (registered("k1", "k2"), agreed("pinned", "k2"), registered("k2")) == (0, 0, 0)

    running.types("log", "export", tmp_path / "log.jsonl")
    entries = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    hers = [one for one in entries if (one.get("type"), one.get("recipient")) == ("key.changed", "key-shelter")]
    assert len(hers) == 2
