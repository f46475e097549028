"""The description of the API: every operation named once, and problems described as they are."""

import json
from collections import Counter

import pytest
from web_door import Web

METHODS = {"get", "post", "put", "delete", "patch", "head", "options", "trace"}


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    """What /openapi.json answers."""
    answer = Web().ask("GET", "/openapi.json", agency=None)
    assert answer.status == 200
    document = json.loads(answer.body)
    assert isinstance(document, dict)
    return document


def operations(described: dict[str, dict[str, dict[str, dict[str, object]]]]) -> list[dict[str, object]]:
    """Every operation."""
    return [one for path in described["paths"].values() for method, one in path.items() if method in METHODS]


def test_every_operation_has_an_id_of_its_own_and_a_summary(described: dict) -> None:
    ids = Counter(str(one.get("operationId")) for one in operations(described))
    assert "None" not in ids
    assert max(ids.values()) == 1
    assert all(one.get("summary") and one.get("tags") for one in operations(described))


def test_two_operations_of_one_id_would_be_noticed(described: dict) -> None:
    twice = {"paths": {"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}}
    assert max(Counter(str(one["operationId"]) for one in operations(twice)).values()) == 2


def test_every_operation_describes_its_problems_and_none_the_frameworks_own(described: dict) -> None:
    for one in operations(described):
        responses = one["responses"]
        assert isinstance(responses, dict)
        assert "application/problem+json" in responses["default"]["content"]
        assert "422" not in responses
    assert "HTTPValidationError" not in json.dumps(described)


def test_it_names_no_other_machine(described: dict) -> None:
    assert "http" not in json.dumps(described).replace("https://json-schema.org", "")
