"""Many referrals on the lines of one request, sent in pieces over a real connection to the real server."""

import json
from collections.abc import Iterator

import pytest

from gateway.demo.agencies import CLINIC, SHELTER
from gateway.demo.folder import emptied
from gateway.demo.world import World, opened
from schemas.documents import Json

CANONICAL = "application/vnd.referral-gateway.referral+json"
SENT = 24


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with emptied(tmp_path_factory.mktemp("bulk") / ".demo") as folder, opened(folder) as made:
        yield made


def written(number: int) -> bytes:
    """One line: every third is wrong, every fourth is about nobody."""
    about = "C-0311" if number % 4 else f"C-9{number:03}"
    document: dict[str, Json] = {
        "schema": "referral/1.0",
        "sender_reference": f"BULK-{number}",
        "subject": {"person_ref": about, "minor_status": "adult", "languages": [{"code": "sq", "preferred": True}]},
        "needs": [{"code": "accommodation.emergency" if number % 3 else "no.such.need"}],
    }
    headers = {
        "GX-Recipient": SHELTER,
        "GX-Purpose": "assistance.accommodation",
        "Idempotency-Key": f"bulk-line-{number:04}",
        "Content-Type": CANONICAL,
    }
    return json.dumps({"headers": headers, "document": document}).encode() + b"\n"


def in_pieces(body: bytes, size: int = 777) -> Iterator[bytes]:
    """As a slow line brings it: no piece ends where a line does."""
    for at in range(0, len(body), size):
        yield body[at : at + size]


def expected(number: int) -> int:
    """Tell what becomes of a line."""
    return 422 if number % 3 == 0 else 201 if number % 4 else 403


@pytest.mark.enable_socket
def test_each_line_is_told_in_order_and_the_same_again_after_a_second_try(world: World) -> None:
    system = next(one for one in world.systems.values() if one.client.startswith(CLINIC))
    body = b"".join(map(written, range(1, SENT + 1)))
    seen = []
    for _ in range(2):
        system.sign_in()
        proven = {
            "Authorization": f"DPoP {system.token}",
            "DPoP": system.proof("POST", "/v1/referrals/bulk"),
            "Content-Type": "application/x-ndjson",
        }
        answer = system.http.post(f"{system.url}/v1/referrals/bulk", content=in_pieces(body), headers=proven)
        assert answer.status_code == 200
        seen.append([json.loads(line) for line in answer.text.splitlines()])
    first, again = seen
    assert [one["line"] for one in first] == [*range(1, SENT + 1)]
    assert [one["status"] for one in first] == [expected(number) for number in range(1, SENT + 1)]
    assert [one["answer"].get("decision_id") for one in first] == [one["answer"].get("decision_id") for one in again]
