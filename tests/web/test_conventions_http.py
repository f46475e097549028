"""What holds for every route: problems for every error, versions, what is going to go, and ids that say nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from builders import PERSON_REF, POLICE, a_consent_document
from fhir_door import FhirWeb
from line import MEDIA_TYPE
from starlette.middleware import Middleware
from web_door import Answer, Web

from gateway.clock import SystemEntropy
from gateway.core.access.scopes import Scope
from gateway.reference.document import describe, routes_of
from gateway.web.deprecation import Deprecated
from gateway.web.wall import Wall
from schemas.documents import Json

ROUTING = {"GX-Recipient": "river-shelter", "GX-Purpose": "assistance.accommodation", "Content-Type": MEDIA_TYPE}
SINCE = datetime(2031, 3, 14, tzinfo=UTC)
GOING = Deprecated(SINCE, SINCE + timedelta(days=365), "sendReferral")
RENEWED: dict[str, Json] = {
    "schema": "consent_event/1.0",
    "type": "renewed",
    **{
        name: value
        for name, value in a_consent_document().items()
        if name
        in {
            *("mechanism", "taken_by", "taken_at", "text", "person_languages", "interpreter"),
            *("information_confirmed", "given_by"),
        }
    },
}


@pytest.fixture
def web() -> Web:
    """A fresh application."""
    return Web()


def recorded(web: Web) -> str:
    """Record a consent and return its id."""
    answer = web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent"})
    assert answer.status == 201
    return str(answer.json["consent"])


def event(web: Web, consent: str, said: Mapping[str, Json], key: str, tag: str | None = None) -> Answer:
    """Say that something happened to it."""
    headers = {"Idempotency-Key": key, **({"If-Match": tag} if tag else {})}
    return web.ask("POST", f"/v1/consents/{consent}/events", said, headers)


def tag_of(web: Web, consent: str) -> str:
    """Read it and return its entity tag."""
    tag = web.ask("GET", f"/v1/consents/{consent}").header("etag")
    assert tag
    return tag


class TestVersionsOfAConsent:
    """ETag, If-Match and If-None-Match on what can change."""

    def test_what_is_read_again_unchanged_is_not_sent_again(self, web: Web) -> None:
        consent = recorded(web)
        tag = tag_of(web, consent)
        again = web.ask("GET", f"/v1/consents/{consent}", headers={"If-None-Match": tag})
        assert (again.status, again.body, again.header("etag")) == (304, b"", tag)

    def test_it_has_another_tag_once_something_happened_to_it(self, web: Web) -> None:
        consent = recorded(web)
        before = tag_of(web, consent)
        assert event(web, consent, {"schema": "consent_event/1.0", "type": "withdrawn"}, "key-0000001").status == 201
        again = web.ask("GET", f"/v1/consents/{consent}", headers={"If-None-Match": before})
        assert again.status == 200
        assert again.header("etag") != before

    def test_two_clients_cannot_compare_theirs(self, web: Web) -> None:
        consent = recorded(web)
        mine = tag_of(web, consent)
        verify = web.verifier.verify
        web.verifier.verify = lambda *shown: _as_another(verify(*shown))
        assert tag_of(web, consent) != mine

    def test_what_opens_something_says_which_version_it_was_made_on(self, web: Web) -> None:
        consent = recorded(web)
        refused = event(web, consent, RENEWED, "key-0000001")
        assert (refused.status, refused.code) == (428, "precondition_required")
        assert refused.faults == [("If-Match", "required")]
        assert event(web, consent, RENEWED, "key-0000001", tag_of(web, consent)).status == 201

    def test_of_two_changes_made_on_one_version_only_the_first_is_made(self, web: Web) -> None:
        consent = recorded(web)
        tag = tag_of(web, consent)
        assert event(web, consent, RENEWED, "key-0000001", tag).status == 201
        refused = event(web, consent, RENEWED, "key-0000002", tag)
        assert (refused.status, refused.code) == (412, "precondition_failed")

    def test_a_repeated_change_is_answered_as_the_first_time_though_the_version_moved(self, web: Web) -> None:
        consent = recorded(web)
        tag = tag_of(web, consent)
        first = event(web, consent, RENEWED, "key-0000001", tag)
        again = event(web, consent, RENEWED, "key-0000001", tag)
        assert (again.status, again.json) == (first.status, first.json)

    def test_taking_back_never_needs_a_version_and_is_held_to_one_that_is_named(self, web: Web) -> None:
        consent = recorded(web)
        withdrawn: dict[str, Json] = {"schema": "consent_event/1.0", "type": "withdrawn"}
        assert event(web, consent, withdrawn, "key-0000001", '"00000000000000000000000000000000"').status == 412
        assert event(web, consent, withdrawn, "key-0000001").status == 201

    def test_any_version_is_a_version(self, web: Web) -> None:
        assert event(web, recorded(web), RENEWED, "key-0000001", "*").status == 201

    @pytest.mark.parametrize("tag", ["unquoted", '"', "", '"a" "b"'])
    def test_what_is_no_entity_tag_is_refused(self, web: Web, tag: str) -> None:
        answer = web.ask(
            "POST",
            f"/v1/consents/{recorded(web)}/events",
            RENEWED,
            {"Idempotency-Key": "key-0000001", "If-Match": tag},
        )
        assert (answer.status, answer.faults) == (400, [("If-Match", "entity_tag")])

    @pytest.mark.parametrize("tag", ["unquoted", "", '"a" "b"'])
    @pytest.mark.parametrize("path", ["/v1/consents/{}", "/v1/referrals/{}"])
    def test_a_look_whose_tag_is_none_is_no_used_proof(self, web: Web, path: str, tag: str) -> None:
        """It used up its proof, was then found wrong, and was told 401 as if somebody had replayed it."""
        for known in (recorded(web), "0" * 26):
            answer = web.ask("GET", path.format(known), headers={"If-None-Match": tag})
            assert (answer.status, answer.faults) == (400, [("If-None-Match", "entity_tag")])

    def test_who_came_with_bearer_is_challenged_with_bearer(self, web: Web) -> None:
        """A client with a certificate has no key to prove anything with (RFC 8705)."""
        verify, web.verifier.scopes = web.verifier.verify, frozenset[Scope]()
        web.verifier.verify = lambda shown, *rest: verify([shown[0].replace("Bearer", "DPoP")], *rest)
        for scheme in ("Bearer", "DPoP"):
            headers = {"Authorization": f"{scheme} {POLICE}"}
            answer = web.ask("GET", f"/v1/consents/{'0' * 26}", headers=headers, agency=None)
            assert answer.status == 403
            assert str(answer.header("www-authenticate")).startswith(f'{scheme} error="insufficient_scope"')


def _as_another(caller: object) -> object:
    return type(caller)(**{**_fields(caller), "client_id": "another"})


def _fields(caller: object) -> dict[str, object]:
    return {name: getattr(caller, name) for name in caller.__dataclass_fields__}


class TestForms:
    """What is sent as something else is not guessed at."""

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json"])
    def test_json_is_sent_as_json(self, web: Web, kind: str) -> None:
        answer = web.ask("POST", "/v1/consents/search", {"person_ref": PERSON_REF}, {"Content-Type": kind})
        assert (answer.status, answer.code) == (415, "unsupported_media_type")

    @pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/x+json"])
    def test_or_as_something_that_is_json(self, web: Web, kind: str) -> None:
        answer = web.ask("POST", "/v1/consents/search", {"person_ref": PERSON_REF}, {"Content-Type": kind})
        assert answer.status == 200


class TestIds:
    """Every answer has an id, drawn for it alone."""

    def test_two_answers_to_one_request_have_two(self, web: Web) -> None:
        first, second = (web.ask("GET", "/livez", agency=None) for _ in range(2))
        assert first.request_id != second.request_id
        assert len(first.request_id) == 32

    def test_what_a_client_calls_its_request_is_not_repeated(self, web: Web) -> None:
        named = {"Request-Id": "her-name", "X-Request-Id": "her-name", "traceparent": "her-name"}
        answer = web.ask("GET", "/livez", agency=None, headers=named)
        assert "her-name" not in f"{answer.headers}{answer.request_id}{answer.body!r}"


class TestWhatIsGoingToGo:
    """RFC 9745 and RFC 8594."""

    def test_nothing_is_said_of_what_stays(self, web: Web) -> None:
        assert web.ask("GET", "/livez", agency=None).header("deprecation") is None

    def test_every_answer_of_what_goes_says_since_when_and_until_when(self, web: Web) -> None:
        web.apart().app.user_middleware[:] = [Middleware(Wall, SystemEntropy(), {"getLiveness": GOING})]
        web.described = False
        answer = web.ask("GET", "/livez", agency=None)
        assert answer.header("deprecation") == f"@{int(SINCE.timestamp())}"
        assert answer.header("sunset") == "Sat, 13 Mar 2032 00:00:00 GMT"
        assert answer.header("link") == '</reference>; rel="deprecation"; type="text/html"'
        assert web.ask("GET", "/readyz", agency=None).header("deprecation") is None

    def test_it_is_described_as_going(self, web: Web) -> None:
        document = describe(routes_of(web.app.routes), "1", {"getLiveness": GOING})
        told = document["paths"]["/livez"]["get"]
        assert told["deprecated"] is True
        assert {"Deprecation", "Sunset", "Link"} <= told["responses"]["200"]["headers"].keys()
        assert "deprecated" not in document["paths"]["/readyz"]["get"]

    def test_nothing_goes_within_a_year(self) -> None:
        with pytest.raises(ValueError, match="twelve months"):
            Deprecated(SINCE, SINCE + timedelta(days=364), "")


def test_no_error_of_any_route_is_told_in_any_other_way_than_its_door_does() -> None:
    """404, 405 and 401 of every route; described.py holds each against its description."""
    web = FhirWeb()
    for route in routes_of(web.app.routes):
        path = route.path.replace("{code}", "refused").replace("{", "").replace("}", "")
        answer = web.ask("DELETE", path, agency=None)
        assert answer.status == 405
        assert route.method.upper() in str(answer.header("allow")).split(", ")
        if "/tile/" not in path:
            assert web.ask("GET", f"{path}/no/such/thing", agency=None).status == 404
        if path.startswith(("/v1", "/fhir/Task")):
            sent_as = {"Content-Type": "application/json"}
            assert web.ask(route.method.upper(), path, agency=None, headers=sent_as).status == 401
