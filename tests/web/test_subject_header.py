"""GX-Subject: whatever a system calls her can be said in a header, by the client library and by any other."""

import pytest
from builders import SHELTER
from starlette.datastructures import Headers

from gateway.client.referring import Route
from gateway.web.headers import subject
from schemas.vocabulary import Purpose


@pytest.mark.parametrize(
    "named",
    ["urn:ward|77", "Patient/77", "https://a.example/fhir/Patient/77", "№ 7 — Ж%2F", "P*~$=-", "a" * 200, "字" * 200],
    ids=range(7),
)
def test_whatever_a_system_calls_her_can_be_said_in_a_header(named: str) -> None:
    written = Route(SHELTER, Purpose.ACCOMMODATION, subject=named).headers()["GX-Subject"]
    assert subject(Headers({"GX-Subject": written})) == named
    assert subject(Headers({"GX-Subject": "".join(f"%{octet:02x}" for octet in named.encode())})) == named
