"""Who registers an agency is told whether whoever runs the gateway can read what it is sent."""

import pytest
from operators import Operator
from papers import agency, public_key

from schemas.documents import Json

SEALING: dict[str, Json] = {"id": "seal-1", "use": "hpke-x25519", "public_key": public_key("seal")["x"]}


def _said(running: Operator, mode: str, **keys: Json) -> str:
    filed = agency("new-shelter", delivery_mode=mode, keys={**agency("new-shelter")["keys"], **keys})
    said = running.types("agency", "add", running.paper("new.json", filed), "--dry-run")
    assert said.code == 0, said.err
    return said.err


@pytest.mark.parametrize("mode", ["plain-pull", "native-push"])
def test_what_is_not_sealed_to_its_own_key_can_be_read_by_the_operator(running: Operator, mode: str) -> None:
    assert "can read what it is sent" in _said(running, mode)


def test_of_what_only_the_agency_can_open_nothing_is_said(running: Operator) -> None:
    assert _said(running, "sealed-pull", sealing=[SEALING]) == ""
