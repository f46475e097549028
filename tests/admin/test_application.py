"""The operator's door itself: what it refuses, what it never says, and that a dry run writes nothing."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from builders import PERSON_REF, POLICE
from operators import SECRET, Operator, moved
from papers import MARK, agency, agreement, consent, public_key

from gateway.app import create_operator_app
from gateway.core.errors import Defect
from gateway.settings import Settings
from gateway.store.person_keys import DATA_KEY
from gateway.wiring import Gateway, build
from schemas.documents import Json


@dataclass
class Door:
    """The application around a gateway, asked without a socket."""

    gateway: Gateway

    def ask(self, method: str, path: str, content: bytes | None = None, **headers: str) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(create_operator_app(self.gateway), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(once())

    def post(self, path: str, document: Json, **headers: str) -> httpx.Response:
        return self.ask("POST", path, json.dumps(document).encode(), **headers)

    def kept(self) -> tuple[int, int]:
        """How many leaves and how many data keys there are."""
        with self.gateway.base.person_keys.database.reading.connect() as connection:
            return self.gateway.log.head().size, len(connection.execute(DATA_KEY.select()).all())


@pytest.fixture(scope="module")
def door(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door of this module's own."""
    operator = moved(template, tmp_path_factory.mktemp("door") / "o")
    gateway = build(Settings(data=operator.data, secret=SECRET, largest_body=65_536))
    gateway.start()
    yield Door(gateway)
    gateway.close()


KEY = {"Idempotency-Key": "0123456789"}
RECORD = f"/consents?agency={POLICE}"


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/agencies", agency("dry-shelter")),
        ("/agreements", agreement(id="dry-agreement")),
        (
            "/clients",
            {"client": "dry", "agency": POLICE, "jwks": {"keys": [public_key("dry")]}, "scopes": ["inbox:read"]},
        ),
        (RECORD, consent("P-dry")),
        ("/clients/police-system/revoke", {}),
    ],
    ids=["agency", "agreement", "client", "consent of somebody new", "revocation"],
)
def test_a_dry_run_is_accepted_and_writes_neither_leaf_nor_key(door: Door, path: str, document: Json) -> None:
    before = door.kept()

    answer = door.post(f"{path}{'&' if '?' in path else '?'}dry-run=1", document, **KEY)

    assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
    assert door.kept() == before


def test_the_real_thing_writes_both(door: Door) -> None:
    leaves, keys = door.kept()

    assert door.post(RECORD, consent("P-real"), **KEY).status_code == 200
    assert door.kept() == (leaves + 1, keys + 1)


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        (RECORD, consent(PERSON_REF, decision=MARK), 422),
        (RECORD, consent(PERSON_REF, **{MARK: MARK}), 422),
        (RECORD, consent(f"{MARK} of ours"), 422),
        (f"/consents?agency={MARK}", consent(), 403),
        ("/agencies", agency("x-shelter", country=MARK), 422),
        (
            "/clients",
            {"client": MARK, "agency": MARK, "jwks": {"keys": [public_key("m")]}, "scopes": ["inbox:read"]},
            403,
        ),
        ("/clients", {"client": "c-1", "agency": POLICE, "jwks": {"keys": [public_key("m")]}, "scopes": [MARK]}, 400),
        ("/clients", {"client": "c-1", "agency": POLICE, "jwks": {"keys": [MARK]}, "scopes": []}, 400),
        ("/withdrawals", {"agency": POLICE, "person_ref": MARK}, 404),
        ("/withdrawals", {"agency": POLICE, "person_ref": MARK * 20}, 400),
        ("/withdrawals", {"person_ref": MARK}, 400),
        ("/withdrawals", {"consent": MARK}, 404),
        ("/withdrawals", {MARK: MARK}, 400),
        (f"/{MARK}", {}, 404),
    ],
)
def test_what_is_wrong_is_said_without_a_value(door: Door, path: str, document: Json, status: int) -> None:
    answer = door.post(path, document, **KEY)

    assert answer.status_code == status
    assert MARK not in answer.text
    assert MARK not in str(answer.headers)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{", b'{"a":NaN}', b'{"a":1,"a":1}', b"[" * 5000])
def test_a_body_that_is_no_strict_json_object_is_refused(door: Door, content: bytes) -> None:
    for path in ("/agencies", "/agreements", "/clients", RECORD, "/withdrawals"):
        answer = door.ask("POST", path, content, **KEY)
        assert (answer.status_code, answer.json()["code"]) == (422, "document_invalid")


def test_a_body_that_is_too_large_is_not_read_to_its_end(door: Door) -> None:
    answer = door.ask("POST", "/agencies", b"x" * 100_000)

    assert answer.json() == {"code": "bad_request", "errors": [{"pointer": "body", "rule": "too_large"}]}


def test_a_consent_needs_an_agency_and_a_key(door: Door) -> None:
    assert door.post("/consents", consent(), **KEY).json()["errors"] == [{"pointer": "agency", "rule": "required"}]
    for headers in ({}, {"Idempotency-Key": "short"}):
        answer = door.post(RECORD, consent(), **headers)
        assert answer.json()["errors"] == [{"pointer": "Idempotency-Key", "rule": "required"}]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?since=0",
        "?since=0&until=x",
        "?since=-1&until=0",
        "?since=2&until=1",
        "?since=0&until=10001",
        "?since=²&until=3",
    ],
)
def test_a_page_of_the_log_has_two_numbers_in_order_and_a_largest_size(door: Door, query: str) -> None:
    assert door.ask("GET", f"/log/leaves{query}").status_code == 400


def test_a_page_of_the_log_is_its_exact_lines(door: Door) -> None:
    page = door.ask("GET", "/log/leaves?since=1&until=3").content

    assert page == b"".join(door.gateway.log.leaf(index) + b"\n" for index in (1, 2))


def test_an_adapter_that_is_not_installed_is_the_installations_problem(door: Door) -> None:
    answer = door.post("/agencies", agency("far-shelter", adapter="nosuch"))

    assert answer.status_code == 503
    assert answer.json() == {"code": "installation", "says": "no adapter of that key is installed"}


@pytest.mark.parametrize("mistake", [Defect(MARK), ValueError(MARK)], ids=["foreseen", "unforeseen"])
def test_a_mistake_of_ours_says_nothing_of_itself(
    door: Door, monkeypatch: pytest.MonkeyPatch, mistake: Exception
) -> None:
    def broken(_engine: object) -> None:
        raise mistake

    monkeypatch.setattr("gateway.wiring.gateway.require_newest", broken)
    answer = door.ask("GET", "/status")

    assert (answer.status_code, answer.json()) == (500, {"code": "defect"})


def test_there_is_no_documentation_page_and_no_other_way_in(door: Door) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/v1/consents", "/oauth/token"):
        assert door.ask("GET", path).status_code == 404
    assert door.ask("DELETE", "/agencies").status_code == 405
