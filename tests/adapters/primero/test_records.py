"""Which of Primero's records is a case, and what it says of somebody whose name was hidden."""

import json

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.systems.primero.adapter import Primero
from schemas.documents import Document, Json


def outcome(**fields: Json) -> object:
    body = json.dumps({"data": {"name": "Ivo Alder", **fields}}).encode()
    return parse_outcome(Primero(), Inbound(body, "application/json"))


def read(**fields: Json) -> tuple[Document, dict[str, str]]:
    parsed = outcome(**fields)
    assert isinstance(parsed, ParsedReferral), parsed
    return parsed.document, {loss.path: loss.kind for loss in parsed.losses}


@pytest.mark.parametrize("field", ["name", "name_first", "name_last", "name_nickname", "telephone_current"])
def test_the_asterisks_of_a_hidden_name_are_not_her_name(field: str) -> None:
    said, losses = read(**{"sex": "female", "name": "Ivo Alder", field: "*******", "hidden_name": True})
    assert "*" not in json.dumps(said)
    assert losses[f"/data/{field}"] == "dropped"


@pytest.mark.parametrize(
    "mark",
    [
        {"registry_type": "foster_care", "registry_id_display": "a1b2c3d"},
        {"tracing_request_id": "0f", "inquirer_id": "1f"},
        {"inquiry_date": "2031-05-06", "relation_name": "Ivo Alder"},
        {"incident_date": "2031-05-06", "description": "in words"},
        {"incident_case_id": "0f", "case_id_display": "a1b2c3d"},
        {"family_members": [{"relation_name": "Ivo Alder"}]},
        {"module_id": "primeromodule-mrm", "subreports": ["violations"]},
    ],
)
def test_a_record_of_another_kind_is_no_case(mark: dict[str, Json]) -> None:
    assert str(outcome(age=34, sex="female", **mark)) == "kind at /data"


def test_a_case_that_is_linked_to_such_records_is_one() -> None:
    document, _ = read(registry_id_display="a1b2c3d", registry_name="Mara Alder", family_id="0f", incident_details=[{}])
    assert document["subject"] == {"names": [{"use": "official", "full": "Ivo Alder"}]}


def test_a_case_that_is_not_in_use_is_refused() -> None:
    assert str(outcome(enabled=False)) == "inactive at /data/enabled"
    assert str(outcome(record_state=False)) == "inactive at /data/record_state"
