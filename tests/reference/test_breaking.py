"""What would break whoever wrote against the API is found; what only adds is not called a break."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from checkout import ROOT

from gateway.reference.breaking import breaks, main
from schemas.documents import Json

NOW = ROOT / "docs" / "openapi.json"
RELEASED = ROOT / "docs" / "openapi-released.json"
"""What the last release described: copied from openapi.json when a version is released, and not before."""
Document: TypeAlias = dict[str, Json]


@pytest.fixture
def old() -> Document:
    """The description as it is."""
    return json.loads(NOW.read_text("utf-8"))


def of(document: Document, path: str, method: str = "post") -> Document:
    return document["paths"][path][method]


def schema(document: Document, name: str) -> Document:
    return document["components"]["schemas"][name]


def gone(document: Document) -> None:
    del document["paths"]["/v1/erasures"]


def moved(document: Document) -> None:
    document["paths"]["/v2/erasures"] = document["paths"].pop("/v1/erasures")


def new_required_parameter(document: Document) -> None:
    of(document, "/v1/erasures")["parameters"].append({"name": "GX-Why", "in": "header", "required": True})


def parameter_required(document: Document) -> None:
    document["components"]["parameters"]["GX-Urgency"]["required"] = True


def parameter_gone(document: Document) -> None:
    of(document, "/v1/notices", "get")["parameters"].pop()


def fewer_codes(document: Document) -> None:
    document["components"]["parameters"]["GX-Purpose"]["schema"]["enum"].pop()


def other_pattern(document: Document) -> None:
    document["components"]["parameters"]["IdempotencyKey"]["schema"]["pattern"] = "^[a-z]+$"


def smaller_limit(document: Document) -> None:
    document["components"]["parameters"]["limit"]["schema"]["maximum"] = 50


def larger_least(document: Document) -> None:
    document["components"]["parameters"]["limit"]["schema"]["minimum"] = 2


def member_required(document: Document) -> None:
    schema(document, "Consent")["required"].append("accompanied_by")


def member_not_taken(document: Document) -> None:
    del schema(document, "Consent")["properties"]["valid_until"]


def media_type_not_taken(document: Document) -> None:
    del of(document, "/v1/consents")["requestBody"]["content"]["application/fhir+json"]


def body_required(document: Document) -> None:
    of(document, "/fhir/Task/_search")["requestBody"]["required"] = True


def answer_gone(document: Document) -> None:
    of(document, "/v1/referrals")["responses"].pop("200")


def answer_member_gone(document: Document) -> None:
    del schema(document, "Withdrawal")["properties"]["covers"]


def answer_member_optional(document: Document) -> None:
    schema(document, "Withdrawal")["required"].remove("covers")


def answer_type(document: Document) -> None:
    schema(document, "Withdrawal")["properties"]["stopped"]["type"] = "string"


def header_gone(document: Document) -> None:
    del of(document, "/v1/consents/{consent}", "get")["responses"]["200"]["headers"]["ETag"]


def other_media_type_answered(document: Document) -> None:
    content = of(document, "/v1/consents/{consent}", "get")["responses"]["200"]["content"]
    content["application/xml"] = content.pop("application/json")


def other_scope(document: Document) -> None:
    of(document, "/v1/erasures")["security"] = [{"oauth2": ["people:introduce"], "dpop": []}]


def member_in_a_list_gone(document: Document) -> None:
    del schema(document, "TrackedNotice")["properties"]["late"]


BREAKS = [
    *(gone, moved, new_required_parameter, parameter_required, parameter_gone, fewer_codes, other_pattern),
    *(smaller_limit, larger_least, member_required, member_not_taken, media_type_not_taken, body_required),
    *(answer_gone, answer_member_gone, answer_member_optional, answer_type, header_gone, other_media_type_answered),
    *(other_scope, member_in_a_list_gone),
]


def new_operation(document: Document) -> None:
    document["paths"]["/v1/new"] = {"get": {"operationId": "something", "parameters": [], "responses": {}}}


def new_optional_parameter(document: Document) -> None:
    of(document, "/v1/erasures")["parameters"].append({"name": "GX-Why", "in": "header", "required": False})


def new_member_told(document: Document) -> None:
    schema(document, "Withdrawal")["properties"]["more"] = {"type": "string"}


def new_member_taken(document: Document) -> None:
    schema(document, "Consent")["properties"]["more"] = {"type": "string"}


def another_code_taken(document: Document) -> None:
    document["components"]["parameters"]["GX-Purpose"]["schema"]["enum"].append("something")


def new_problem(document: Document) -> None:
    of(document, "/v1/erasures")["responses"]["418"] = {"description": "tea"}


def other_words(document: Document) -> None:
    of(document, "/v1/erasures")["description"] = "said better"


ADDS = [
    *(new_operation, new_optional_parameter, new_member_told, new_member_taken, another_code_taken),
    *(new_problem, other_words),
]


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.__name__)
def test_what_breaks_somebody_is_found(old: Document, change: Callable[[Document], None]) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert breaks(old, new)


@pytest.mark.parametrize("change", ADDS, ids=lambda change: change.__name__)
def test_what_only_adds_is_no_break(old: Document, change: Callable[[Document], None]) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert breaks(old, new) == []


def test_the_command_prints_them_and_fails(tmp_path: Path, old: Document, capsys: pytest.CaptureFixture[str]) -> None:
    del old["paths"]["/v1/erasures"]
    changed = tmp_path / "new.json"
    changed.write_text(json.dumps(old))
    assert main(str(NOW), str(changed)) == 1
    assert capsys.readouterr().out == "erasePerson: is gone\n"
    assert main(str(NOW), str(NOW)) == 0


def test_nothing_breaks_what_was_released(old: Document) -> None:
    """Mend it by not breaking it; a break waits for the next major version and is announced a year before."""
    if RELEASED.exists():
        assert breaks(json.loads(RELEASED.read_text("utf-8")), old) == []
