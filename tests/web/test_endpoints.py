"""Every endpoint: nobody, somebody who may not, a replay, a query that means nothing, and what every answer carries."""

import re
from dataclasses import dataclass, field

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document, a_referral
from line import MEDIA_TYPE
from web_door import CHALLENGE, NONCE, Answer, Web

from gateway.core.access.scopes import Scope
from gateway.reference.document import routes_of
from schemas.documents import Json

MESSAGE = "0123456789ABCDEFGHJKMNPQRS"
ROUTE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Content-Type": MEDIA_TYPE,
}
KEYED = {"Idempotency-Key": "key-0000001"}


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, with a request it accepts. `status` is the answer in an empty world."""

    method: str
    path: str
    scope: Scope
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Json] = field(default_factory=dict)
    agency: str = POLICE

    def ask(self, web: Web, **changes: object) -> Answer:
        """Send the request; keywords change how."""
        headers = {**self.headers, **changes.pop("headers", {})}
        given: dict[str, object] = {"body": self.body, "agency": self.agency, "headers": headers, **changes}
        return web.ask(self.method, self.path, **given)


STATUS: dict[str, Json] = {"schema": "status/1.0", "state": "accepted"}
WITHDRAWN: dict[str, Json] = {"schema": "consent_event/1.0", "type": "withdrawn"}
SHOWN: dict[str, Json] = {"person_ref": PERSON_REF, "code": "0000-0000-0000-0"}
ANSWERED = {**KEYED, "Content-Type": "application/json"}
OCTETS = {"Content-Type": "application/octet-stream"}
A_FACT: dict[str, Json] = {
    "schema": "case_event/1.0",
    "person_ref": PERSON_REF,
    "event": {"child_heard": {"informed": "yes", "views": "agrees"}},
}
A_QUESTION: dict[str, Json] = {
    "schema": "capacity_question/1.0",
    "recipient": "nobody",
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}
ROOM: dict[str, Json] = {"schema": "capacity_answer/1.0", "answer": "yes"}
ENDPOINTS = [
    Endpoint("POST", "/v1/referrals", Scope.SEND_REFERRALS, 403, {**ROUTE, **KEYED}, a_referral()),
    Endpoint("POST", "/v1/referrals/preview", Scope.SEND_REFERRALS, 403, {**ROUTE, **KEYED}, a_referral()),
    Endpoint("POST", "/v1/referrals/bulk", Scope.SEND_REFERRALS, 200, {"Content-Type": "application/x-ndjson"}, {}),
    Endpoint("POST", "/v1/uploads", Scope.SEND_REFERRALS, 422, {**ROUTE, **ANSWERED}, a_referral()),
    Endpoint("GET", f"/v1/referrals/{MESSAGE}", Scope.READ_REFERRALS, 404),
    Endpoint("GET", f"/v1/referrals/{MESSAGE}/explanation", Scope.READ_REFERRALS, 404),
    Endpoint("GET", f"/v1/referrals/{MESSAGE}/status", Scope.READ_REFERRALS, 404),
    Endpoint("PUT", f"/v1/referrals/{MESSAGE}/attachments/1", Scope.SEND_REFERRALS, 404, OCTETS),
    Endpoint("GET", f"/v1/inbox/{MESSAGE}/attachments/1", Scope.READ_INBOX, 404, agency=SHELTER),
    Endpoint("POST", "/v1/inbox/lease", Scope.READ_INBOX, 200, agency=SHELTER),
    Endpoint("POST", f"/v1/inbox/{MESSAGE}/acknowledgement", Scope.ACKNOWLEDGE_INBOX, 404, KEYED, agency=SHELTER),
    Endpoint("POST", f"/v1/inbox/{MESSAGE}/status", Scope.ACKNOWLEDGE_INBOX, 404, ANSWERED, STATUS, agency=SHELTER),
    Endpoint("POST", "/v1/consents", Scope.RECORD_CONSENTS, 201, KEYED, a_consent_document()),
    Endpoint("POST", "/v1/consents/search", Scope.READ_CONSENTS, 200, body={"person_ref": PERSON_REF}),
    Endpoint("GET", f"/v1/consents/{MESSAGE}", Scope.READ_CONSENTS, 404),
    Endpoint("POST", f"/v1/consents/{MESSAGE}/events", Scope.RECORD_CONSENTS, 404, KEYED, WITHDRAWN),
    Endpoint("POST", "/v1/withdrawals", Scope.WITHDRAW_CONSENTS, 404, KEYED, {"person_ref": PERSON_REF}),
    Endpoint("POST", "/v1/case-events", Scope.RECORD_CASES, 201, KEYED, A_FACT),
    Endpoint("POST", "/v1/case-events/search", Scope.READ_CASES, 200, body={"person_ref": PERSON_REF}),
    Endpoint("POST", "/v1/restrictions", Scope.RECORD_CASES, 404, KEYED, {"person_ref": PERSON_REF, "set": True}),
    Endpoint("POST", "/v1/erasures", Scope.ERASE_PEOPLE, 404, KEYED, {"person_ref": PERSON_REF}),
    Endpoint("GET", "/v1/notices", Scope.READ_REFERRALS, 200),
    Endpoint("POST", "/v1/capacity-questions", Scope.SEND_REFERRALS, 403, KEYED, A_QUESTION),
    Endpoint("GET", "/v1/capacity-questions/asked", Scope.SEND_REFERRALS, 200),
    Endpoint("GET", "/v1/capacity-questions/waiting", Scope.READ_INBOX, 200, agency=SHELTER),
    Endpoint("POST", f"/v1/capacity-questions/{MESSAGE}/answer", Scope.ACKNOWLEDGE_INBOX, 404, KEYED, ROOM, SHELTER),
    Endpoint("GET", "/v1/child-notifications", Scope.READ_CASES, 200),
    Endpoint("GET", "/v1/child-birthdays", Scope.READ_CASES, 200),
    Endpoint("POST", f"/v1/consents/{MESSAGE}/receipt", Scope.READ_CONSENTS, 404, body={"handed_out": False}),
    Endpoint("GET", "/v1/statistics/releases", Scope.APPROVE_STATISTICS, 200),
    Endpoint("POST", f"/v1/statistics/releases/{MESSAGE}/approval", Scope.APPROVE_STATISTICS, 404, KEYED),
    Endpoint("POST", "/v1/introductions", Scope.INTRODUCE_PEOPLE, 404, KEYED, {"person_ref": PERSON_REF}),
    Endpoint("POST", "/v1/bindings", Scope.INTRODUCE_PEOPLE, 404, KEYED, SHOWN),
    Endpoint("POST", "/v1/links", Scope.INTRODUCE_PEOPLE, 404, KEYED, SHOWN),
    Endpoint("GET", "/v1/ledger/checkpoint", Scope.READ_LEDGER, 200),
    Endpoint("GET", "/v1/ledger/tile/0/000.p/9", Scope.READ_LEDGER, 404),
    Endpoint("GET", f"/v1/referrals/{MESSAGE}/proof", Scope.READ_REFERRALS, 404),
]
PAGES = {("GET", "/reference"), ("GET", "/reference/problems/{id}")}
each = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}".replace(MESSAGE, "ID"))


@pytest.fixture
def web() -> Web:
    """A fresh application."""
    return Web()


def _template(path: str) -> str:
    return path.replace(MESSAGE, "{id}").replace("0/000.p/9", "{id}").replace("attachments/1", "attachments/{id}")


def test_no_endpoint_is_left_out(web: Web) -> None:
    listed = {(one.method, _template(one.path)) for one in ENDPOINTS}
    described = {(one.method.upper(), re.sub(r"\{[a-z]+\}", "{id}", one.path)) for one in routes_of(web.app.routes)}
    assert described - listed == {("GET", "/livez"), ("GET", "/readyz"), ("GET", "/openapi.json"), *PAGES}
    assert listed <= described


@each
def test_a_request_that_is_in_order_is_answered(web: Web, endpoint: Endpoint) -> None:
    answer = endpoint.ask(web)
    assert answer.status == endpoint.status
    assert answer.header("dpop-nonce") == NONCE


@each
def test_nobody_is_told_to_show_a_token(web: Web, endpoint: Endpoint) -> None:
    answer = endpoint.ask(web, agency=None)
    assert (answer.status, answer.code) == (401, "invalid_token")
    assert answer.header("www-authenticate") == CHALLENGE
    assert answer.header("dpop-nonce") == NONCE
    assert web.line.recorder.batches == 0, "something was looked up for nobody"


@each
def test_a_token_without_the_scope_is_not_enough_and_its_proof_is_used_up(web: Web, endpoint: Endpoint) -> None:
    web.verifier.scopes = frozenset(Scope) - {endpoint.scope}
    proof = {"DPoP": "the one proof"}
    answer = endpoint.ask(web, headers=proof)
    assert (answer.status, answer.code) == (403, "insufficient_scope")
    assert answer.header("www-authenticate") == f'DPoP error="insufficient_scope", scope="{endpoint.scope.value}"'
    assert answer.header("dpop-nonce") == NONCE
    assert endpoint.ask(web, headers=proof).code == "invalid_dpop_proof"


@each
def test_a_proof_is_good_for_one_request(web: Web, endpoint: Endpoint) -> None:
    proof = {"DPoP": "the one proof", "Idempotency-Key": "key-0000002"}
    assert endpoint.ask(web, headers=proof).status == endpoint.status
    again = endpoint.ask(web, headers=proof)
    assert (again.status, again.code) == (401, "invalid_dpop_proof")
    assert again.header("www-authenticate") == 'DPoP error="invalid_dpop_proof"'


@each
def test_a_client_that_was_switched_off_is_refused_in_the_transaction(web: Web, endpoint: Endpoint) -> None:
    web.line.book.disabled.add(f"{endpoint.agency}-client")
    answer = endpoint.ask(web)
    assert (answer.status, answer.code) == (401, "invalid_token")


@each
@pytest.mark.parametrize("query", ["person_ref=P-CANARY", "limit=1&limit=2&x=", "%00=1"])
def test_a_query_that_means_nothing_is_refused_and_not_repeated(web: Web, endpoint: Endpoint, query: str) -> None:
    proof = {"DPoP": "the one proof"}
    answer = endpoint.ask(web, query=query, headers=proof)
    assert (answer.status, answer.faults) == (400, [("query", "unknown_parameter")])
    assert b"CANARY" not in answer.body
    assert endpoint.ask(web, headers=proof).code == "invalid_dpop_proof"


@each
def test_the_verifier_is_shown_the_request_as_it_was_routed(web: Web, endpoint: Endpoint) -> None:
    """The Host header is the sender's to choose, so it must not decide which path a proof is compared with."""
    endpoint.ask(web, headers={"Host": "evil.example/v1/other?", "DPoP": "one"})
    assert web.verifier.shown[-1][2:] == (endpoint.method, endpoint.path)


@pytest.mark.parametrize(
    "path", ["/v1/referrals/a?b", "/v1/referrals/a#b", "/v1/referrals/a\\b", "/v1/referrals/\u017e"]
)
def test_a_path_with_signs_in_it_is_shown_whole(web: Web, path: str) -> None:
    """A proof for the part before a question mark is not one for the whole."""
    web.ask("GET", path)
    assert web.verifier.shown[-1][3] == path


@each
def test_two_tokens_or_two_proofs_are_both_shown(web: Web, endpoint: Endpoint) -> None:
    """Choosing one of them here would hide the other from the verifier."""
    answer = endpoint.ask(web, headers={"Authorization": ["DPoP one", "DPoP two"], "DPoP": ["a", "b"]})
    assert answer.status == 401
    assert web.verifier.shown[-1][:2] == (["DPoP one", "DPoP two"], ["a", "b"])


@each
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_another_method_is_not_allowed(web: Web, endpoint: Endpoint, method: str) -> None:
    answer = web.ask("TRACE" if method == endpoint.method else method, endpoint.path)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert endpoint.method in str(answer.header("allow")).split(", ")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/referrals/",
        "/v1//referrals",
        "/v2/referrals",
        "/docs",
        "/redoc",
        "/v1/inbox/lease/",
        "/%00",
        "//",
    ],
)
def test_an_unknown_path_is_not_found_and_not_repeated(web: Web, path: str) -> None:
    answer = web.ask("GET", path)
    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.json.keys() == {"type", "title", "status", "code"}


@each
@pytest.mark.parametrize("asked", ["in order", "anonymous", "wrong method", "unknown path", "bad"])
def test_every_answer_says_that_nobody_may_keep_frame_or_sniff_it(web: Web, endpoint: Endpoint, asked: str) -> None:
    answer = {
        "in order": lambda: endpoint.ask(web),
        "anonymous": lambda: endpoint.ask(web, agency=None),
        "wrong method": lambda: web.ask("DELETE", endpoint.path),
        "unknown path": lambda: web.ask("GET", "/nowhere"),
        "bad": lambda: endpoint.ask(web, query="x=1"),
    }[asked]()
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'"
    assert answer.header("server") is None


def test_a_form_of_id_that_cannot_be_is_answered_like_one_that_is_nobodys(web: Web) -> None:
    unknown = web.ask("GET", f"/v1/referrals/{MESSAGE}")
    for strange in ("x", "\0" * 26, "É" * 26, MESSAGE.lower(), MESSAGE + "0", "..", "' or 1=1 --"):
        answer = web.ask("GET", f"/v1/referrals/{strange}")
        assert (answer.status, answer.headers, answer.body) == (404, unknown.headers, unknown.body)
    assert web.log.looked_up == [MESSAGE], "the store was asked about what cannot be an id"
    for path in ("acknowledgement", "status"):
        answer = web.ask("POST", f"/v1/inbox/{chr(0) * 26}/{path}", headers=ANSWERED, body=STATUS, agency=SHELTER)
        assert (answer.status, answer.body) == (404, unknown.body)


def test_an_id_that_cannot_be_uses_up_its_proof(web: Web) -> None:
    for status in (404, 401):
        assert web.ask("GET", "/v1/referrals/x", headers={"DPoP": "the one proof"}).status == status
