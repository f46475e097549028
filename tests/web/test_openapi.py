"""The description of the API: whole, true to the routes, and with examples that its own schemas accept."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from checkout import ROOT
from described import Description, description_of, whole, written
from fhir_door import FhirWeb
from jsonschema_rs import Draft202012Validator
from oauth.world_oauth import Gateway
from web_door import Web

from gateway.core.access.scopes import Scope
from gateway.reference.document import describe, routes_of
from gateway.reference.headers import ANSWER_HEADERS, PARAMETERS
from gateway.reference.operations import OPERATIONS
from gateway.reference.problems import problems_of
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

METHODS = {"get", "post", "put", "delete", "patch", "head", "options", "trace"}


@pytest.fixture(scope="module")
def description() -> Description:
    """All routes of all the doors that integrators use."""
    return description_of([*FhirWeb().app.routes, *Gateway().app.routes])


@pytest.fixture(scope="module")
def document(description: Description) -> dict[str, Json]:
    """The document itself."""
    return description.document


def operations(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Every operation."""
    return [one for path in document["paths"].values() for method, one in path.items() if method in METHODS]


def test_whoever_asks_gets_it_and_nothing_the_second_time() -> None:
    web = Web()
    answer = web.ask("GET", "/openapi.json", agency=None)
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    tag = answer.header("etag")
    assert tag
    again = web.ask("GET", "/openapi.json", agency=None, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    assert web.ask("GET", "/openapi.json", agency=None, headers={"If-None-Match": '"other"'}).status == 200


def test_it_is_made_only_when_somebody_asks() -> None:
    web = Web().apart()
    assert web.app.openapi_schema is None
    assert "/openapi.json" in {one.path for one in routes_of(web.app.routes)}


def test_every_route_is_described_and_nothing_is_described_that_is_no_route(document: Mapping[str, Json]) -> None:
    assert {one["operationId"] for one in operations(document)} == set(OPERATIONS)


def test_a_route_of_which_nothing_is_said_is_noticed() -> None:
    web = Web()
    web.apart().app.add_api_route("/v1/new", lambda: None, operation_id="somethingNew", tags=["referrals"])
    with pytest.raises(KeyError):
        describe(routes_of(web.app.routes), "1")


def test_every_operation_has_an_id_of_its_own_and_words_for_integrators(document: Mapping[str, Json]) -> None:
    ids = Counter(str(one.get("operationId")) for one in operations(document))
    assert "None" not in ids
    assert max(ids.values()) == 1
    for one in operations(document):
        assert one["summary"]
        assert len(one["description"]) > 40, one["operationId"]
        assert len(one["tags"]) == 1


def test_two_operations_of_one_id_would_be_noticed() -> None:
    twice = {"paths": {"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}}
    assert max(Counter(str(one["operationId"]) for one in operations(twice)).values()) == 2


def test_every_reference_leads_somewhere_and_every_shared_part_is_used(description: Description) -> None:
    found = Counter(_references(description.document))
    for reference in found:
        assert description.resolved({"$ref": reference}), reference
    parts = {
        f"#/components/{kind}/{name}" for kind, all_of in description.document["components"].items() for name in all_of
    }
    unused = {part for part in parts - found.keys() if "/securitySchemes/" not in part}
    published = {f"#/components/schemas/{name}" for name in ("Supplement", "Notice", "NoticeAnswer", "RefusedReferral")}
    conditional = {f"#/components/headers/{name}" for name in ("Request-Id", "Allow", "Deprecation", "Sunset", "Link")}
    assert unused <= published | conditional


def test_every_header_of_ours_that_is_read_is_described_somewhere(description: Description) -> None:
    """What is read and not described, no client made from the description can send."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "gateway" / "web").rglob("*.py"))
    read = set(re.findall(r'headers, "(GX-[A-Za-z-]+)"', sources))
    shared = description.document["components"]["parameters"].values()
    assert "GX-Recipient" in read
    assert read <= {one["name"] for one in shared}


def test_every_parameter_and_header_says_what_it_is() -> None:
    assert all(len(one.sentence) > 10 and one.schema for one in PARAMETERS.values())
    assert all(len(sentence) > 10 and schema for sentence, schema in ANSWER_HEADERS.values())


def test_every_body_has_a_schema_and_every_json_body_an_example(description: Description) -> None:
    for operation in operations(description.document):
        for where, media_type, content in _contents(description, operation):
            assert content["schema"], (operation["operationId"], where, media_type)
            if media_type.startswith("application/json") or "problem" in media_type:
                assert content.get("examples"), (operation["operationId"], where, media_type)


def test_every_example_is_valid_under_its_schema(description: Description) -> None:
    schemas = description.document["components"]["schemas"]
    checked = 0
    for operation in operations(description.document):
        for where, media_type, content in _contents(description, operation):
            validator = Draft202012Validator({**content["schema"], "components": {"schemas": schemas}})
            for name, example in content.get("examples", {}).items():
                faults = [f"{error.instance_path} {error.message}" for error in validator.iter_errors(example["value"])]
                assert not faults, (operation["operationId"], where, media_type, name, faults)
                checked += 1
    assert checked > 100


def test_an_example_that_is_wrong_is_noticed(description: Description) -> None:
    schemas = description.document["components"]["schemas"]
    validator = Draft202012Validator({"$ref": "#/components/schemas/Referral", "components": {"schemas": schemas}})
    assert not validator.is_valid({"schema": "referral/1.0", "surname": "Invented"})


def test_every_parameter_s_example_is_valid(description: Description) -> None:
    for operation in operations(description.document):
        for parameter in map(description.resolved, operation["parameters"]):
            assert Draft202012Validator(parameter["schema"]).is_valid(parameter["example"]), parameter["name"]


def test_every_write_takes_an_idempotency_key(document: Mapping[str, Json]) -> None:
    reads = {"searchConsents", "searchCaseEvents", "makeReceipt", "searchTasksByForm"}
    leases, each_line = {"leaseMessages"}, {"sendReferrals"}
    for path, methods in document["paths"].items():
        operation = methods.get("post", {})
        if path.startswith("/v1") and operation:
            keyed = {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]
            assert keyed == (operation["operationId"] not in reads | leases | each_line), path


def test_every_operation_of_the_api_asks_for_a_bound_token_with_a_scope_there_is(document: Mapping[str, Json]) -> None:
    asked = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            alternatives = operation["security"]
            if path.startswith("/v1"):
                assert alternatives
                assert {frozenset(one) for one in alternatives} == {
                    frozenset({"oauth2", key}) for key in ("dpop", "mutualTLS")
                }
            asked |= {scope for one in alternatives for scope in one.get("oauth2", [])}
    assert asked == {scope.value for scope in Scope}


def test_every_problem_of_this_door_is_described_somewhere() -> None:
    described = {kind for one in OPERATIONS.values() for kinds in problems_of(one).values() for kind in kinds}
    of_every_path_or_of_webhooks = {
        *(ProblemType.METHOD_NOT_ALLOWED, ProblemType.INVALID_CREDENTIALS, ProblemType.TOO_MANY_HINTS)
    }
    assert set(ProblemType) - described == of_every_path_or_of_webhooks


def test_a_problem_comes_with_the_statuses_it_says_and_no_other() -> None:
    for name, operation in OPERATIONS.items():
        for status, kinds in problems_of(operation).items():
            assert all(status in kind.statuses for kind in kinds), (name, status, kinds)


def test_the_document_in_docs_is_current(document: Mapping[str, Json]) -> None:
    """Mend it with `python tests/described.py > docs/openapi.json`."""
    assert (ROOT / "docs" / "openapi.json").read_text("utf-8") == written(whole())
    assert {**document, "info": {}} == {**whole(), "info": {}}


def test_it_names_no_other_machine(document: Mapping[str, Json]) -> None:
    assert "http:" not in json.dumps(document)
    assert "https:/" not in json.dumps(document)


def _references(part: Json) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _contents(description: Description, operation: Mapping[str, Json]) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Yield every body of an operation: where it stands, its media type, and what is said of it."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, content
    for status, response in operation["responses"].items():
        for media_type, content in description.resolved(response).get("content", {}).items():
            yield status, media_type, content
